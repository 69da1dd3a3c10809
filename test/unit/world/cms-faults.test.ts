import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { describe, expect, test } from "vitest";
import type { Cms } from "../../world/cms/cms.ts";
import { ask, askAsReader, cmsForFile } from "./cms-visit.ts";

const cms = cmsForFile();
const course = "/courses/earth-and-sky/es-101-reading-the-tides-spring-2019";
const pdf = `${course}/syllabus/syllabus.pdf`;

/** Reads on a connection of its own with node:http, which shows what came before it broke. */
const readRaw = async (
  { port }: Cms,
  path: string,
): Promise<{ promised: number; bytes: number; whole: boolean }> => {
  const sent = request({ host: "127.0.0.1", port, path, agent: false });
  sent.end();
  const [answer]: IncomingMessage[] = await once(sent, "response");
  if (answer === undefined) throw new Error("no answer");
  let bytes = 0;
  answer.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  answer.on("error", () => undefined);
  await new Promise((resolve) => answer.on("close", resolve));
  return { promised: Number(answer.headers["content-length"]), bytes, whole: answer.complete };
};

describe("the faults of the CMS", () => {
  test("answer-503 befalls the next requests that match, with Zope's headers", async () => {
    await cms().inject({ name: "answer-503", path: /syllabus$/, times: 2 });
    expect((await askAsReader(cms(), `${course}/labs`)).status).toBe(200);
    const failed = await askAsReader(cms(), `${course}/syllabus`);
    expect([failed.status, failed.headers.get("bobo-exception-type")]).toEqual([503, "KeyError"]);
    expect((await askAsReader(cms(), `${course}/syllabus`)).status).toBe(503);
    expect((await askAsReader(cms(), `${course}/syllabus`)).status).toBe(200);
  });

  test("answer-500 and site-error-200 show the error page, until lifted", async () => {
    for (const [name, status] of [["answer-500", 500] as const, ["site-error-200", 200] as const]) {
      const lift = await cms().inject({ name });
      const failed = await ask(cms(), pdf);
      expect([failed.status, failed.headers.get("bobo-exception-type")]).toEqual([status, "ConflictError"]);
      expect(await failed.text()).toContain("Site Error");
      await lift();
      expect((await ask(cms(), pdf)).headers.get("content-type")).toBe("application/pdf");
    }
  });

  test("login-form-instead says 200 in the place of a page", async () => {
    const lift = await cms().inject({ name: "login-form-instead", path: /labs/ });
    const answer = await askAsReader(cms(), `${course}/labs`);
    expect([answer.status, (await answer.text()).includes("__ac_password")]).toEqual([200, true]);
    await lift();
  });

  test("truncated-body promises more than it sends", async () => {
    const right = await readRaw(cms(), pdf);
    expect(right).toEqual({ promised: right.bytes, bytes: right.bytes, whole: true });
    const lift = await cms().inject({ name: "truncated-body", path: /pdf/ });
    const { promised, bytes, whole } = await readRaw(cms(), pdf);
    expect([promised, whole]).toEqual([right.bytes, false]);
    expect(bytes).toBeLessThan(promised);
    await lift();
  });

  test("empty-body says 200 and sends nothing", async () => {
    const lift = await cms().inject({ name: "empty-body" });
    const answer = await ask(cms(), pdf);
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
    await lift();
  });

  test("password-changed locks the reader out until it is lifted", async () => {
    const lift = await cms().inject({ name: "password-changed" });
    expect((await askAsReader(cms(), `${course}/labs`)).status).toBe(302);
    await lift();
    expect((await askAsReader(cms(), `${course}/labs`)).status).toBe(200);
  });

  test("restart refuses connections until it is lifted, then the same port answers", async () => {
    const lift = await cms().inject({ name: "restart" });
    await expect(readRaw(cms(), pdf)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await lift();
    expect((await ask(cms(), pdf)).status).toBe(200);
  });

  test("slow answers when lifted, and holds up no other request", async () => {
    const lift = await cms().inject({ name: "slow", path: /labs/ });
    const slow = askAsReader(cms(), `${course}/labs`);
    expect((await ask(cms(), pdf)).status).toBe(200);
    expect(await Promise.race([slow, "still waiting"])).toBe("still waiting");
    await lift();
    expect((await slow).status).toBe(200);
    await cms().inject({ name: "slow", path: /labs/, times: 1, delayMs: 1 });
    expect((await askAsReader(cms(), `${course}/labs`)).status).toBe(200);
  });

  test("a form that is too long is refused", async () => {
    const body = new URLSearchParams({ __ac_name: "x".repeat(70_000) });
    expect((await ask(cms(), "/login_form", { method: "POST", body })).status).toBe(413);
  });

  test("the log tells method, path, status and account of every request", async () => {
    const before = cms().requests().length;
    await askAsReader(cms(), `${course}/labs?x=1`);
    await ask(cms(), `${course}/labs`, { method: "HEAD" });
    expect(cms().requests().slice(before)).toEqual([
      { method: "GET", path: `${course}/labs?x=1`, status: 200, account: "crawler" },
      { method: "HEAD", path: `${course}/labs`, status: 302, account: null },
    ]);
  });
});
