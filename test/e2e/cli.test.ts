import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { type CliSession, openCliSession } from "./cli-session.ts";

const course = demoPaths.counting;
const page = `${course}/syllabus`;

let session: CliSession;
beforeAll(async () => {
  session = await openCliSession();
});
afterAll(() => session.close());

interface Report {
  readonly subject: string;
  readonly checks: readonly { name: string; ok: boolean; detail: string; advice?: string }[];
}

/** The checks of a doctor's reports that failed, with the subject that each is of. */
function failuresIn(json: unknown): { subject: string; detail: string; advice: string | undefined }[] {
  return (json as Report[]).flatMap(({ subject, checks }) =>
    checks.filter(({ ok }) => !ok).map(({ detail, advice }) => ({ subject, detail, advice })),
  );
}

/** What a failed command says on standard error with --json. */
function errorOf(stderr: string): { code: string; message: string } {
  return (JSON.parse(stderr) as { error: { code: string; message: string } }).error;
}

async function publishedAt(place: "staging" | "production"): Promise<string> {
  return readFile(join(session.world[place].root, page, "index.htm"), "utf8");
}

// The tests tell one story, in this order: each stands upon the ones before it.
describe("before the daemon runs", () => {
  it("config check says that the file is right, or where it is wrong", async () => {
    const right = await session.type(["config", "check"]);
    expect(right).toMatchObject({ code: 0, stderr: "" });
    expect(right.stdout).toMatch(
      /demo\.yaml is right: OpenCourseWare in a box, source plone, 4 destinations/,
    );
    expect((await session.typeForJson(["config", "check"])).json).toMatchObject({
      destinations: 4,
      edges: 1,
    });

    const wrong = join(session.world.dir, "wrong.yaml");
    const text = await readFile(session.configFile, "utf8");
    await writeFile(wrong, text.replace("  url: env:OCW_CMS_URL", "  uri: env:OCW_CMS_URL"));
    const refused = await session.type(["config", "check", "--config", wrong, "--json"]);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    const { code, message } = errorOf(refused.stderr);
    expect(code).toBe("invalid-config");
    expect(message).toMatch(/wrong\.yaml:\d+/);
    expect(message).toMatch(/uri/);
  });

  it("doctor works alone, and all is green", async () => {
    const { code, stdout } = await session.type(["doctor"]);
    expect(stdout).toMatch(/\nall is well\n$/);
    expect(stdout).not.toContain("FAILED");
    for (const part of ["source (plone at", "staging", "production", "netstorage", "mirror"])
      expect(`\n${stdout}`).toContain(`\n${part}`);
    expect(stdout).toMatch(/weaker {2}promise 3: .*renamed into place/);
    expect(code).toBe(0);
  });

  it("doctor says what to do about a wrong password of the CMS", async () => {
    const { code, json } = await session.typeForJson(["doctor"], { OCW_CMS_PASSWORD: "wrong" });
    expect(failuresIn(json)).toEqual([
      {
        subject: expect.stringContaining("source (plone at"),
        detail: expect.stringContaining('refused the account "ocw-engine"'),
        advice: expect.stringContaining("check the account's name and password"),
      },
    ]);
    expect(code).toBe(3);
  });

  it("plan works alone, and changes nothing", async () => {
    const { code, stdout } = await session.type(["plan", course]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^staging: 16 to put, 0 to remove, 0 unchanged\n/);
    expect(stdout).toMatch(/\n {4}syllabus\/ {2}\+1 [\d.]+ kB\n {6}\+ index\.htm {2}[\d.]+ kB {2}missing\n/);
    await expect(publishedAt("staging")).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("publish, promote, status and modules say that no daemon runs, and how to start it", async () => {
    for (const line of [["publish", course], ["promote", course], ["status"], ["modules"]]) {
      const { code, stdout, stderr } = await session.type([...line, "--json"]);
      expect(errorOf(stderr)).toEqual({
        code: "unavailable",
        message: expect.stringMatching(/no daemon answers at .*; start it with: ocw-engine serve/),
      });
      expect([code, stdout]).toEqual([5, ""]);
    }
  });

  it("token create shows a token once, and no second one of that name", async () => {
    const made = await session.type(["token", "create", "maria", "--role", "viewer"]);
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ocw_[\w-]{43}\n$/) });
    const again = await session.type(["token", "create", "maria", "--role", "viewer", "--json"]);
    expect(again).toMatchObject({ code: 4, stdout: "" });
    expect(errorOf(again.stderr).message).toContain("maria");
    const { json } = await session.typeForJson(["token", "create", "paul", "--role", "publisher"]);
    expect(json).toEqual({ name: "paul", role: "publisher", token: expect.stringMatching(/^ocw_/) });
  });
});

describe("while the daemon runs", () => {
  beforeAll(async () => {
    await session.startDaemon();
  });

  it("publish follows the run to its end, stage by stage", async () => {
    const { code, stdout, stderr } = await session.type(["publish", course]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^run \d+: publish \S+ to staging succeeded in .* staging 16 puts, 0 removals/);
    for (const stage of ["crawl", "render", "plan", "guard", "deliver staging", "verify staging"])
      expect(stderr).toMatch(new RegExp(`\\n {2}${stage} +succeeded `));
    expect(await publishedAt("staging")).toContain("bring beans");
  });

  it("promote makes it live, and modules shows which release is where", async () => {
    const { code, json } = await session.typeForJson(["promote", course]);
    expect(code).toBe(0);
    expect(json).toMatchObject([{ kind: "promote", state: "succeeded", module: course }]);
    expect(await publishedAt("production")).toBe(await publishedAt("staging"));
    const { stdout } = await session.type(["modules"]);
    expect(stdout).toMatch(/^module +kind +state +newest +staging +production +mirror/);
    expect(stdout).toMatch(new RegExp(`\\n${course} +course +published +\\d+ +1 +1 `));
    expect((await session.typeForJson(["modules"])).json).toHaveLength(5);
  });

  it("plan shows the one page that was edited, and why it would be put", async () => {
    session.world.cms.edit(page, (html) => html.replace("bring beans", "bring peas"));
    const { code, stdout } = await session.type(["plan", course]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^staging: 1 to put, 0 to remove, 6 unchanged\n\S+\/syllabus\/ {2}~1 .*\n {2}~ index\.htm/,
    );
    const { json } = await session.typeForJson(["plan", course]);
    expect(json).toMatchObject({
      run: { kind: "plan", state: "succeeded" },
      changes: [{ destination: "staging", kind: "put", path: `${page}/index.htm`, reason: "content" }],
    });
    expect(await publishedAt("staging")).toContain("bring beans");
  });

  it("rollback gives readers the page as it was", async () => {
    expect((await session.type(["publish", course])).code).toBe(0);
    expect((await session.type(["promote", course])).code).toBe(0);
    expect(await publishedAt("production")).toContain("bring peas");
    const { code, stdout } = await session.type(["rollback", course, "--place", "production"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/rollback \S+ to production succeeded .* production 1 put, 0 removals/);
    expect(await publishedAt("production")).toContain("bring beans");
    expect(await publishedAt("staging")).toContain("bring peas");
  });

  it("status shows the newest runs and who asked for them", async () => {
    const { code, stdout } = await session.type(["status"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ocw-engine \d+\.\d+\.\d+: ok, up .*, 0 purges owed\n/);
    expect(stdout).toMatch(/\n\d+ +rollback +\S+ns-050\S+ +production +succeeded .* cli-/);
    const { json } = await session.typeForJson(["status"]);
    expect(json).toMatchObject({ health: { state: "ok", purgesOwed: 0 }, runs: expect.any(Array) });
  });

  it("a command that cannot be is refused with the code of its fault", async () => {
    const unknown = await session.type(["publish", "/courses/no/such", "--json"]);
    expect(errorOf(unknown.stderr)).toMatchObject({ code: "not-found" });
    expect(errorOf(unknown.stderr).message).toContain("/courses/no/such");
    expect(unknown.code).toBe(1);
    const early = await session.type(["promote", demoPaths.resource, "--json"]);
    expect(JSON.parse(early.stdout)).toMatchObject([{ state: "failed", error: { code: "not-found" } }]);
    expect(early.code).toBe(1);
    const unsafe = await session.type(["publish", "/courses/../etc", "--json"]);
    expect(errorOf(unsafe.stderr)).toMatchObject({ code: "refused" });
    expect(unsafe.code).toBe(7);
    const typo = await session.type(["pubish", course]);
    expect(typo).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("publish") });
    const stranger = await session.type(["status", "--json"], { OCW_ENGINE_TOKEN: "ocw_guessed" });
    expect(errorOf(stranger.stderr).code).toBe("unauthorized");
    expect(stranger.code).toBe(3);
  });

  it("a token made meanwhile opens what its role may, and no more", async () => {
    const { stdout } = await session.type(["token", "create", "eva", "--role", "viewer"]);
    const eva = { OCW_ENGINE_TOKEN: stdout.trim() };
    expect((await session.type(["status"], eva)).code).toBe(0);
    const refused = await session.type(["publish", course, "--json"], eva);
    expect(errorOf(refused.stderr)).toEqual({
      code: "unauthorized",
      message: expect.stringContaining("eva is viewer; this needs the role publisher"),
    });
    expect(refused.code).toBe(3);
  });

  it("a run that fails on what the CMS shows ends with the code of that", async () => {
    const lift = await session.world.cms.inject({ name: "login-form-instead", path: /\/sheets$/ });
    const { code, json } = await session.typeForJson(["publish", demoPaths.resource, course]);
    expect(json).toMatchObject([
      { module: demoPaths.resource, state: "failed", error: { code: "corrupt" } },
      { module: course, state: "succeeded" },
    ]);
    expect(code).toBe(6);
    await lift();
  });

  it("report crawl tells what a crawl found, as far as it came, as table, JSON and CSV", async () => {
    const lost = `${course}/lost.pdf`;
    const links = `<p><a href="${lost}">lost</a> <a href="https://example.org/">elsewhere</a></p>`;
    session.world.cms.edit(page, (html) => html + links);
    const { json } = await session.typeForJson(["plan", course]);
    const run = String((json as { run: { id: number } }).run.id);
    const table = await session.type(["report", "crawl", run]);
    expect(table).toMatchObject({ code: 0, stderr: "" });
    expect(table.stdout).toMatch(/^crawl of \S+ \(run \d+, snapshot \d+\): .*1 gone/);
    expect(table.stdout).toMatch(/\nsection +rows +what\nbroken +1 +links to what is not there\n/);
    expect(table.stdout).toContain(`
broken: mend these links in the CMS, then publish again
  ${page}
    link  ${lost}  the source has nothing there
`);
    const report = await session.typeForJson(["report", "crawl", run, "--section", "external"]);
    const rows = expect.arrayContaining([{ page, url: "https://example.org/", pages: 1 }]);
    expect(report.json).toMatchObject({ run: Number(run), sections: { external: { rows } } });
    const csv = await session.type(["report", "crawl", run, "--section", "broken", "--format", "csv"]);
    expect(csv.stdout).toBe(
      `page,url,through,need,reason\r\n${page},${lost},,link,the source has nothing there\r\n`,
    );
    const all = await session.type(["report", "crawl", run, "--format", "csv", "--json"]);
    expect([all.code, errorOf(all.stderr).message]).toEqual([2, expect.stringContaining("--section")]);
  });

  it("report crawl tells how far a failed crawl came, and which run crawled nothing", async () => {
    const { json } = await session.typeForJson(["status"]);
    const { runs } = json as { runs: { id: number; kind: string; state: string }[] };
    const failed = runs.find(({ kind, state }) => kind === "publish" && state === "failed");
    const draft = await session.type(["report", "crawl", String(failed?.id)]);
    expect(draft.stdout).toContain("\nit did not come to its end: this is how far it came\n");
    expect(draft.stdout).toMatch(/\/sheets +the source shows its login form/);
    const rollback = runs.find(({ kind }) => kind === "rollback");
    const none = await session.type(["report", "crawl", String(rollback?.id), "--json"]);
    expect(errorOf(none.stderr).message).toContain("crawled nothing");
    expect(none).toMatchObject({ code: 1, stdout: "" });
  });

  it("doctor names the origin whose sshd is down, and what to do; publish fails there", async () => {
    await session.world.staging.ssh.stop();
    const { code, stdout } = await session.type(["doctor"]);
    expect(stdout).toMatch(
      /\nstaging\n {2}FAILED {2}reachable {2}\S+ cannot be reached .*\n {10}do: check that the host runs/,
    );
    expect(stdout).toMatch(/\n1 check failed\n$/);
    expect(code).toBe(5);
    const { json } = await session.typeForJson(["doctor"]);
    expect(failuresIn(json).map(({ subject }) => subject)).toEqual(["staging"]);
    const failed = await session.type(["publish", demoPaths.resource]);
    expect(failed).toMatchObject({
      code: 5,
      stdout: expect.stringMatching(/failed \(unavailable\): \S+ cannot be reached/),
    });
  });
});
