import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ploneSource } from "../../../../adapters/sources/plone/plone-source.ts";
import type { ModuleRef } from "../../../../engine/model/module.ts";
import type { MarkEvent, Source } from "../../../../engine/ports/source.ts";
import type { Cms } from "../../../world/cms/cms.ts";
import { editorViews } from "../../../world/cms/page-traits.ts";
import { startCms } from "../../../world/cms/start-cms.ts";
import { demoContent } from "../../../world/content/demo-content.ts";
import { demoPaths } from "../../../world/content/demo-names.ts";
import { freshContext, hastyClock, marker, reader, sourceAt } from "../../engine/crawl/crawl-bench.ts";

let cms: Cms;
let source: Source;
const context = freshContext();
beforeEach(async () => {
  cms = await startCms({ content: demoContent(), account: reader, workflowAccount: marker });
  source = sourceAt(cms, hastyClock());
});
afterEach(async () => {
  await source.close();
  await cms.close();
});

const tides = async (from = source): Promise<ModuleRef> => {
  const found = (await Array.fromAsync(from.modules(context))).find(({ id }) => id === demoPaths.tides);
  if (found === undefined) throw new Error("the CMS does not list the course");
  return found;
};
const mark = async (event: MarkEvent, from = source): Promise<void> => {
  if (from.mark === undefined) throw new Error("the source does not mark");
  await from.mark(await tides(from), event, context);
};
const stateOf = async (): Promise<string> => (await tides()).state;
const logins = (): number => cms.requests().filter(({ path }) => path === "/login_form").length;

describe("the login", () => {
  it("is made once, however many requests wait for it", async () => {
    const url = `${source.origin}${demoPaths.tides}/index.htm`;
    await Promise.all(Array.from({ length: 8 }, () => source.fetch({ url }, context)));
    expect(logins()).toBe(1);
  });

  it("is made once more when the ticket ends, however many requests notice", async () => {
    const url = `${source.origin}${demoPaths.tides}/index.htm`;
    await source.fetch({ url }, context);
    cms.expireSessions();
    const answers = await Promise.all(Array.from({ length: 8 }, () => source.fetch({ url }, context)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(logins()).toBe(2);
  });

  it("is made anew a few times where nothing opens with it, and then the account is named", async () => {
    await cms.inject({ name: "login-form-instead", path: /^\/(?!login_form)/ });
    const url = `${source.origin}${demoPaths.tides}/index.htm`;
    const failure = await source.fetch({ url }, context).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code: "unauthorized", message: expect.stringContaining('"crawler"') });
    expect(logins()).toBe(4);
  });

  it("does not blame the account for one page that it may not see", async () => {
    await cms.inject({ name: "login-form-instead", path: /index\.htm$/ });
    const url = `${source.origin}${demoPaths.tides}/index.htm`;
    const fetched = await source.fetch({ url }, context);
    const body = Buffer.concat(await Array.fromAsync(fetched.body));
    expect(source.judge(fetched, body)).toEqual({ kind: "login-form" });
    expect(logins()).toBe(2);
  });

  it("does not go under with the run that asked for it first", async () => {
    const lift = await cms.inject({ name: "slow", path: /login_form/ });
    const controller = new AbortController();
    const url = `${source.origin}${demoPaths.tides}/index.htm`;
    const cancelled = source.fetch({ url }, { ...context, signal: controller.signal });
    const other = source.fetch({ url }, context);
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ code: "cancelled" });
    await lift();
    expect((await other).status).toBe(200);
  });

  it("that is refused is said of the account, without its password", async () => {
    const wrong = sourceAt(cms, hastyClock(), { account: { ...reader, password: "not-it-at-all" } });
    const failure = await tides(wrong).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code: "unauthorized", message: expect.stringContaining('"crawler"') });
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain("not-it-at-all");
    await wrong.close();
  });

  it("promise 12: no secret of the source is shown by the source or its options", async () => {
    await mark("staged");
    const shown = inspect([source, cms.requests()], { depth: 9, showHidden: true });
    for (const { password } of [reader, marker]) expect(shown).not.toContain(password);
  });
});

const basicToken = `Basic ${Buffer.from(`${reader.name}:${reader.password}`).toString("base64")}`;

describe("an account without a login form", () => {
  it.each([
    ["by HTTP Basic", { ...reader, scheme: "basic" }, 'the account "crawler"'],
    ["by a header", { header: "Authorization", token: basicToken }, "the token in Authorization"],
  ])("is let in %s, and named when it no longer is", async (_, account, named) => {
    const other = sourceAt(cms, hastyClock(), { account });
    expect((await tides(other)).id).toBe(demoPaths.tides);
    expect((await other.probe(context)).checks.filter(({ ok }) => !ok)).toEqual([]);
    await cms.inject({ name: "password-changed" });
    const url = `${source.origin}${demoPaths.tides}/index.htm`;
    const failure = await other.fetch({ url }, context).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code: "unauthorized", message: expect.stringContaining(named) });
    const shown = inspect([failure, other, cms.requests()], { depth: 9, showHidden: true });
    for (const secret of [reader.password, basicToken]) expect(shown).not.toContain(secret);
    const posts = cms.requests().filter(({ method }) => method === "POST");
    expect(posts).toEqual([]);
    await other.close();
  });
});

describe("telling the CMS", () => {
  it("moves a module on, with an account of its own", async () => {
    await mark("staged");
    expect(await stateOf()).toBe("staged");
    await mark("published");
    expect(await stateOf()).toBe("published");
    const calls = cms.requests().filter(({ method, path }) => method === "POST" && path !== "/login_form");
    expect(calls.map(({ account, path }) => [account, path])).toEqual([
      [marker.name, `${demoPaths.tides}/content_status_modify`],
      [marker.name, `${demoPaths.tides}/content_status_modify`],
    ]);
  });

  it("may be repeated", async () => {
    await mark("staged");
    await mark("staged");
    expect(await stateOf()).toBe("staged");
  });

  it("is a conflict when the module is not where it could be marked", async () => {
    cms.schedule(demoPaths.tides, "in_process");
    await expect(mark("staged")).rejects.toMatchObject({ code: "conflict" });
    expect(await stateOf()).toBe("in-process");
  });

  it("is refused to the account that only reads, and to a wrong password", async () => {
    for (const workflow of [reader, { ...marker, password: "wrong-password" }]) {
      const other = sourceAt(cms, hastyClock(), { workflow });
      const failure = await mark("staged", other).catch((thrown: unknown) => thrown);
      expect(failure).toMatchObject({
        code: "unauthorized",
        message: expect.stringContaining(workflow.name),
      });
      expect(inspect(failure)).not.toContain(workflow.password);
      await other.close();
    }
  });

  it("is not done without an account for it", async () => {
    const silent = sourceAt(cms, hastyClock(), { workflow: undefined });
    expect(silent.mark).toBeUndefined();
    await silent.close();
  });
});

describe("the options", () => {
  const options = { url: "http://cms.example:8080", account: reader };
  it("name the host that requests may go to", () => {
    expect(ploneSource.prepare(options).hosts).toEqual([{ host: "cms.example:8080", allowPrivate: false }]);
    expect(ploneSource.prepare({ ...options, url: "https://cms.example", allowPrivate: true }).hosts).toEqual(
      [{ host: "cms.example:443", allowPrivate: true }],
    );
  });

  it.each([
    ["a path", { url: "http://cms.example/Plone" }],
    ["credentials in the URL", { url: "http://u:p@cms.example" }],
    ["another scheme", { url: "ftp://cms.example" }],
    ["no URL", { url: "cms" }],
    ["a wrong expression", { denied: ["("] }],
    ["a way to log in that there is not", { account: { ...reader, scheme: "digest" } }],
    ["a token in no header", { account: { header: "a b", token: "x" } }],
    ["a password and a token", { account: { ...reader, token: "x" } }],
    ["an empty password", { account: { name: "a", password: "" } }],
    ["a name that HTTP Basic cannot say", { workflow: { name: "a:b", password: "x" } }],
    ["an unknown state of ours", { states: { x: "gone" } }],
    ["an unknown key", { urls: [] }],
    ["an alias with a path", { aliases: ["cms.example/x"] }],
    ["a listing that is no path", { listing: "listing" }],
    ["a manifest that climbs", { manifests: ["../x"] }],
  ])("refuse %s", (_, changes) => {
    expect(() => ploneSource.prepare({ ...options, ...changes })).toThrowError();
  });
});

describe("a probe", () => {
  it("stops at the first thing that is wrong, and says what to do", async () => {
    await cms.inject({ name: "password-changed" });
    const { checks } = await source.probe(context);
    expect(checks.map(({ name, ok }) => [name, ok])).toEqual([
      ["reachable", true],
      ["login", false],
    ]);
    expect(checks[1]?.advice).toContain("password");
  });

  it("promise 12: says when the account could edit, and follows no link to do so", async () => {
    const reading = async () => (await source.probe(context)).checks.at(-1);
    expect(await reading()).toMatchObject({ name: "reader only", ok: true });
    cms.traits.add("edit-links");
    expect(await reading()).toMatchObject({ ok: false, advice: expect.stringContaining("Reader role only") });
    const asked = cms.requests().map(({ path }) => path);
    for (const view of editorViews) expect(asked.filter((path) => path.endsWith(`/${view}`))).toEqual([]);
  });
});
