import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Clock } from "../../../../engine/ports/context.ts";
import { type ServedEngine, serveEngine } from "./call-api.ts";
import { course, tokens } from "./memory-service.ts";

const module = "/courses/physics/8-01";
const ownPage = () => ({ Origin: engine.server.url, "X-Requested-With": "ocw-engine" });
let nowMs = Date.parse("2026-03-02T10:00:00Z");
const clock: Clock = { now: () => new Date(nowMs), wait: () => new Promise(() => {}) };
let engine: ServedEngine;

beforeAll(async () => {
  engine = await serveEngine(clock);
  engine.service.put(course(module, "Classical Mechanics"));
  for (const kind of ["publish", "publish"] as const) {
    const run = await engine.service.request({
      kind,
      module: course(module, "").id,
      cause: { by: "x", via: "api" },
    });
    engine.service.update(run.id, { state: "waiting-approval" }, "waits for approval");
  }
});
afterAll(() => engine.server.close());

function signIn(token: string, headers: Record<string, string> = ownPage()): Promise<Response> {
  return fetch(`${engine.server.url}/session`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify({ token }),
  });
}

function publish(headers: Record<string, string>): Promise<Response> {
  return fetch(`${engine.server.url}/api/runs`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify({ kind: "publish", module }),
  });
}

const cookieOf = (response: Response) => (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";

describe("roles", () => {
  const asking = (kind: string, more: object = {}) =>
    ["POST", "/api/runs", { kind, module, ...more }] as const;
  it.each([
    [["GET", "/api/health"], "viewer"],
    [["GET", "/api/modules"], "viewer"],
    [["GET", `/api/modules${module}`], "viewer"],
    [["GET", "/api/runs"], "viewer"],
    [["GET", "/api/runs/1"], "viewer"],
    [["GET", "/api/runs/1/plan"], "viewer"],
    [["GET", "/api/doctor"], "viewer"],
    [["GET", "/session"], "viewer"],
    [["POST", "/api/modules"], "publisher"],
    [asking("publish"), "publisher"],
    [asking("plan"), "publisher"],
    [asking("promote"), "publisher"],
    [["POST", "/api/runs", { kind: "mirror" }], "operator"],
    [asking("rollback", { place: "staging" }), "operator"],
    [["POST", "/api/runs/1/approve"], "operator"],
    [["POST", "/api/runs/2/cancel"], "operator"],
    [["POST", "/api/tokens", { name: "new@example.org", role: "viewer" }], "admin"],
  ] as const)("%j needs %s", async ([method, path, body], least) => {
    const roles = ["viewer", "publisher", "operator", "admin"] as const;
    expect((await engine.call(method, path, undefined, body)).status).toBe(401);
    for (const role of roles) {
      const response = await engine.call(method, path, tokens[role], body);
      const allowed = roles.indexOf(role) >= roles.indexOf(least);
      if (allowed) expect([200, 201, 202, 409]).toContain(response.status);
      else expect(await response.json()).toMatchObject({ status: 403, code: "unauthorized" });
    }
  });

  it("lets nobody follow events without a token", async () => {
    expect((await engine.call("GET", "/api/events")).status).toBe(401);
  });
});

describe("sessions", () => {
  it("are opened by a token, and the cookie is kept from scripts and other sites", async () => {
    const response = await signIn(tokens.publisher);
    expect(await response.json()).toEqual({ name: "paul", role: "publisher" });
    const cookie = response.headers.get("set-cookie");
    expect(cookie).toMatch(/^ocw_session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(tokens.publisher);
    const proxied = await signIn(tokens.publisher, { ...ownPage(), "X-Forwarded-Proto": "https" });
    expect(proxied.headers.get("set-cookie")).toMatch(/; Secure$/);
  });

  it("read and change as their token's role, from our own page only", async () => {
    const Cookie = cookieOf(await signIn(tokens.publisher));
    const read = await fetch(`${engine.server.url}/session`, { headers: { Cookie } });
    expect(await read.json()).toMatchObject({ name: "paul" });
    expect((await publish({ Cookie, ...ownPage() })).status).toBe(202);
    expect((await publish({ Cookie })).status).toBe(403);
    expect((await publish({ Cookie, Origin: engine.server.url })).status).toBe(403);
    expect((await publish({ Cookie, "X-Requested-With": "ocw-engine" })).status).toBe(403);
    expect((await publish({ Cookie, ...ownPage(), Origin: "http://evil.example" })).status).toBe(403);
    expect((await publish({ Cookie, ...ownPage(), Origin: "null" })).status).toBe(403);
  });

  it("are not opened from another site's page, nor by what is no token", async () => {
    expect((await signIn(tokens.publisher, { Origin: "http://evil.example" })).status).toBe(403);
    expect((await signIn("guess")).status).toBe(401);
    expect((await engine.call("POST", "/session", undefined, { token: "" })).status).toBe(422);
  });

  it("end by signing out, and after half a day", async () => {
    const Cookie = cookieOf(await signIn(tokens.viewer));
    const status = async () => (await fetch(`${engine.server.url}/session`, { headers: { Cookie } })).status;
    const out = { method: "DELETE", headers: { Cookie, ...ownPage() } };
    expect(await status()).toBe(200);
    expect((await fetch(`${engine.server.url}/session`, out)).status).toBe(204);
    expect(await status()).toBe(401);

    const later = { headers: { Cookie: cookieOf(await signIn(tokens.viewer)) } };
    nowMs += 12 * 3_600_000 - 1;
    expect((await fetch(`${engine.server.url}/session`, later)).status).toBe(200);
    nowMs += 1;
    expect((await fetch(`${engine.server.url}/session`, later)).status).toBe(401);
  });
});

describe("guessing", () => {
  it("is stopped after ten failures a minute, for sign-ins and bearer tokens alike", async () => {
    nowMs += 60_000;
    for (let tried = 0; tried < 10; tried++) expect((await signIn(`guess-${tried}`)).status).toBe(401);
    const refused = await signIn(tokens.admin);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "60"]);
    expect((await engine.call("GET", "/api/health", tokens.admin)).status).toBe(429);
    nowMs += 60_000;
    expect((await engine.call("GET", "/api/health", tokens.admin)).status).toBe(200);
  });
});
