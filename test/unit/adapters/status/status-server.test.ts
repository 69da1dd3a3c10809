import { request } from "node:http";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../../adapters/clock/system-clock.ts";
import { pinoLog } from "../../../../adapters/logging/pino-log.ts";
import { startStatusServer } from "../../../../adapters/status/status-server.ts";
import { PublishError } from "../../../../engine/errors/publish-error.ts";
import type { Run } from "../../../../engine/model/run.ts";
import { type ServedEngine, serveEngine } from "./call-api.ts";
import { course, tokens } from "./memory-service.ts";

const module = "/courses/physics/8-01";
let engine: ServedEngine;

beforeAll(async () => {
  engine = await serveEngine();
  engine.service.put(course(module, "Classical Mechanics"));
});
afterAll(() => engine.server.close());

async function answerOf(
  response: Promise<Response>,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await response;
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

describe("the status API", () => {
  it("says without a token that it lives, and nothing else", async () => {
    const { status, body } = await answerOf(engine.call("GET", "/healthz"));
    expect([status, body]).toEqual([200, { state: "ok", version: "0.1.0" }]);
  });

  it("tells what is live where", async () => {
    engine.service.setLive(course(module, "").id, "production", 12, "maria");
    const list = await answerOf(engine.call("GET", "/api/modules", tokens.viewer));
    const one = await answerOf(engine.call("GET", `/api/modules${module}`, tokens.viewer));
    expect(list.body).toMatchObject({ modules: [{ module: { id: module }, newest: 12, open: [] }] });
    expect(one.body).toMatchObject({
      live: [{ place: "production", release: 12, by: "maria", at: expect.stringMatching(/Z$/) }],
      releases: [{ id: 12 }, { id: 11 }, { id: 9 }],
    });
  });

  it("accepts a run, says where to follow it, and answers it and its plan", async () => {
    const accepted = await engine.call("POST", "/api/runs", tokens.publisher, { kind: "publish", module });
    expect(accepted.status).toBe(202);
    const location = accepted.headers.get("location") ?? "";
    expect(location).toMatch(/^\/api\/runs\/\d+$/);
    const run = await answerOf(engine.call("GET", location, tokens.viewer));
    expect(run.body).toMatchObject({ state: "queued", module, cause: { by: "paul", via: "api" } });
    const plan = await answerOf(engine.call("GET", `${location}/plan?limit=3`, tokens.viewer));
    expect(plan.body).toMatchObject({
      more: true,
      changes: [
        { kind: "put", reason: "missing", sizeBytes: 1_400_000, wave: "assets" },
        { reason: "content", sizeBytesBefore: 2_048 },
        {},
      ],
    });
    const whole = await answerOf(engine.call("GET", `${location}/plan`, tokens.viewer));
    expect(whole.body).toMatchObject({ more: false });
    const list = await answerOf(
      engine.call("GET", `/api/runs?module=${module}&state=queued&limit=1`, tokens.viewer),
    );
    expect(list.body.runs).toHaveLength(1);
    const earlier = await answerOf(engine.call("GET", "/api/runs?before=1", tokens.viewer));
    expect(earlier.body).toEqual({ runs: [] });
  });

  it("rolls back, approves and cancels", async () => {
    const body = { kind: "rollback", module, place: "production", release: 11 };
    const { body: run } = await answerOf(engine.call("POST", "/api/runs", tokens.operator, body));
    expect(run).toMatchObject({ place: "production", release: 11 });
    const path = `/api/runs/${run.id}`;
    const early = await answerOf(engine.call("POST", `${path}/approve`, tokens.operator));
    expect(early).toMatchObject({ status: 409, body: { code: "conflict" } });
    engine.service.update(Number(run.id), { state: "waiting-approval" }, "waits");
    const approved = await answerOf(engine.call("POST", `${path}/approve`, tokens.operator));
    expect(approved).toMatchObject({ status: 202, body: { state: "queued", approvedBy: "olga" } });
    const cancelled = await answerOf(engine.call("POST", `${path}/cancel`, tokens.operator));
    expect(cancelled.body).toMatchObject({ state: "cancelled" });
  });

  it.each([
    ["GET", "/api/nothing", undefined, 404, "not-found"],
    ["GET", "/api/runs/999", undefined, 404, "not-found"],
    ["GET", "/api/runs/first", undefined, 404, "not-found"],
    ["GET", "/api/modules/courses/none", undefined, 404, "not-found"],
    ["GET", "/api/modules/..%2f..%2fetc/passwd", undefined, 422, "refused"],
    ["GET", "/api/modules/a%00b", undefined, 422, "refused"],
    ["GET", "/api/runs?limit=100000", undefined, 422, "refused"],
    ["GET", "/api/runs?limit=1&limit=2", undefined, 422, "refused"],
    ["GET", "/api/runs?colour=red", undefined, 422, "refused"],
    ["GET", "/assets/..%2fstatus-server.ts", undefined, 404, "not-found"],
    ["GET", "/api/events?run=x", undefined, 422, "refused"],
    ["DELETE", "/api/runs", undefined, 405, "refused"],
    ["POST", "/api/runs", { kind: "publish" }, 422, "refused"],
    ["POST", "/api/runs", { kind: "publish", module: "/a/../b" }, 422, "refused"],
    ["POST", "/api/runs", { kind: "publish", module: "/courses/none" }, 404, "not-found"],
    ["POST", "/api/runs", { kind: "publish", module, force: true }, 422, "refused"],
    ["POST", "/api/runs", { kind: "publish", module, place: "production" }, 422, "refused"],
    ["POST", "/api/runs", { kind: "rollback", module }, 422, "refused"],
    ["POST", "/api/runs", { kind: "erase", module }, 422, "refused"],
    ["POST", "/api/runs", { kind: "publish", module, text: "x".repeat(70_000) }, 413, "refused"],
  ])("answers %s %s %j as a problem: %i %s", async (method, path, sent, status, code) => {
    const response = await engine.call(method, path, tokens.admin, sent);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    const body = await response.json();
    expect(body).toMatchObject({ type: "about:blank", status, code, detail: expect.stringMatching(/./) });
    expect(response.status).toBe(status);
  });

  it("takes JSON only, whole, and no more of it than 64 KiB even when its length is not told", async () => {
    const post = (body: string | Uint8Array<ArrayBuffer>, type: string) =>
      fetch(`${engine.server.url}/api/runs`, {
        method: "POST",
        headers: { Authorization: `Bearer ${tokens.admin}`, "Content-Type": type },
        body,
      });
    expect((await post("kind=publish", "application/x-www-form-urlencoded")).status).toBe(415);
    expect((await post('{"kind":', "application/json")).status).toBe(400);
    expect((await post(new Uint8Array([0x22, 0xff, 0x22]), "application/json")).status).toBe(400);
    expect(await postInChunks(`${engine.server.url}/api/runs`, tokens.admin, 100)).toBe(413);
  });

  it("survives hostile bodies without a failure of its own", async () => {
    const hostile = fc.oneof(fc.json(), fc.string(), fc.constant('{"__proto__":{"kind":"publish"}}'));
    await fc.assert(
      fc.asyncProperty(hostile, async (body) => {
        const headers = { Authorization: `Bearer ${tokens.admin}`, "Content-Type": "application/json" };
        const response = await fetch(`${engine.server.url}/api/runs`, { method: "POST", headers, body });
        await response.arrayBuffer();
        expect([400, 422]).toContain(response.status);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    [new PublishError("unavailable", "the CMS is away", { retryAfterMs: 1_500 }), 503, "2"],
    [new PublishError("unauthorized", "the CMS refused the login"), 502, null],
    [new PublishError("rate-limited", "the CMS asks for patience"), 429, null],
    [new PublishError("refused", "there is no mirror"), 422, null],
  ])("passes on what the engine says: %s", async (error, status, retryAfter) => {
    engine.service.failWith(error);
    const response = await engine.call("POST", "/api/modules", tokens.publisher);
    engine.service.failWith(undefined);
    expect([response.status, response.headers.get("retry-after")]).toEqual([status, retryAfter]);
    expect(await response.json()).toMatchObject({ code: error.code, detail: error.message });
  });

  it("refuses to listen where something else does", async () => {
    const { port } = engine.server;
    const { service } = engine;
    const again = {
      service,
      listen: "127.0.0.1",
      port,
      clock: systemClock(),
      log: pinoLog({ level: "silent" }),
    };
    await expect(startStatusServer(again)).rejects.toMatchObject({ code: "conflict" });
  });

  it("serves the dashboard from memory, and spares who has it already", async () => {
    for (const path of ["/", "/assets/dashboard.css", "/assets/dashboard.js", "/assets/icon.svg"]) {
      const first = await fetch(engine.server.url + path);
      const etag = first.headers.get("etag") ?? "";
      expect([first.status, etag]).toEqual([200, expect.stringMatching(/^"[0-9a-f]{32}"$/)]);
      const again = await fetch(engine.server.url + path, {
        headers: { "If-None-Match": etag, "Cache-Control": "max-age=0" },
      });
      expect([again.status, await again.text()]).toEqual([304, ""]);
    }
  });

  it("lets nothing foreign run, frame or keep its pages", async () => {
    for (const path of ["/", "/healthz", "/api/nothing", "/assets/dashboard.js"]) {
      const { headers } = await fetch(engine.server.url + path);
      const policy = headers.get("content-security-policy");
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
    }
  });
});

describe("what the status API gives away", () => {
  it("promise 12: no secret is answered when something fails inside; the log has it masked", async () => {
    const hidden = "hunter2-correct-horse";
    engine.service.failWith(new Error(`sent Authorization: Bearer ${hidden}`));
    const response = await engine.call("GET", "/api/modules", tokens.viewer);
    engine.service.failWith(undefined);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain(hidden);
    expect(engine.lines.join("")).toContain("a request failed by a bug");
    expect(engine.lines.join("")).not.toContain(hidden);
  });

  it("promise 12: no secret of a caller stands in the log, whether it was right or wrong", async () => {
    await engine.call("GET", "/api/modules", "wrong-but-confidential");
    await engine.call("POST", "/api/runs", tokens.admin, { kind: "publish", module: "/none/such" });
    expect(engine.lines.join("")).toContain("an unknown token was refused");
    for (const token of [...Object.values(tokens), "wrong-but-confidential"])
      expect(engine.lines.join("")).not.toContain(token);
  });

  it("promise 12: no secret field that the engine may hold leaves, for only named fields do", async () => {
    const run = await engine.service.request({
      kind: "plan",
      module: course(module, "").id,
      cause: { by: "x", via: "api" },
    });
    const leaky: Partial<Run> & { password: string } = { state: "queued", password: "hunter2-correct-horse" };
    engine.service.update(run.id, leaky, "kept");
    const response = await engine.call("GET", `/api/runs/${run.id}`, tokens.viewer);
    const text = await response.text();
    expect(text).toContain(`"id":${run.id}`);
    expect(text).not.toContain("hunter2");
  });
});

/** Posts chunks of a kilobyte without saying how many will come; resolves with the status. */
function postInChunks(url: string, token: string, count: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    const sending = request(url, { method: "POST", headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sending.on("error", reject);
    for (let sent = 0; sent < count; sent++) sending.write(" ".repeat(1_024));
    sending.end();
  });
}
