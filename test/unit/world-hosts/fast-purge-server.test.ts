import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { type FastPurgeServer, startFastPurgeServer } from "../../world/hosts/fast-purge-server.ts";
import { stopAfterTest } from "./temporary-folder.ts";

// The independent client: Akamai's own signer. Its typings have the arguments in the wrong order.
const { generateAuth }: { generateAuth: (...parts: unknown[]) => { headers: { Authorization: string } } } =
  createRequire(import.meta.url)("../../../node_modules/akamai-edgegrid/src/auth.js");

const HOST = "127.0.0.1:8080";

async function startPurge(options: { now?: () => number } = {}) {
  const purged: unknown[][] = [];
  const edge = { host: HOST, cpCodes: [15_436], purge: (...parts: unknown[]) => void purged.push(parts) };
  return { purged, purge: stopAfterTest(await startFastPurgeServer({ edge, ...options })) };
}

async function send(purge: FastPurgeServer, body: unknown, path = "/ccu/v3/invalidate/url/production") {
  const { clientToken, clientSecret, accessToken } = purge.credentials;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const outgoing = { method: "POST", path, body: text, headers: { "Content-Type": "application/json" } };
  const { headers } = generateAuth(outgoing, clientToken, clientSecret, accessToken, purge.url);
  const response = await fetch(`${purge.url}${path}`, {
    method: "POST",
    body: text,
    headers: { ...headers },
  });
  const answer: Record<string, unknown> = JSON.parse(await response.text());
  return { status: response.status, headers: response.headers, answer };
}

test("accepts a batch signed by Akamai's client, purges the edge, and tells what is left", async () => {
  const { purged, purge } = await startPurge({ now: () => Date.now() });
  const objects = [`http://${HOST}/a`, `https://${HOST}/b%20c?d`];
  const { status, headers, answer } = await send(purge, { objects });
  expect(status).toBe(201);
  expect(answer).toMatchObject({ httpStatus: 201, detail: "Request accepted", estimatedSeconds: 0 });
  expect(headers.get("x-ratelimit-limit")).toBe("100");
  expect(headers.get("x-ratelimit-limit-per-second")).toBe("50.00");
  expect(headers.get("x-ratelimit-limit-objects")).toBe("10000");
  expect(headers.get("x-ratelimit-limit-per-second-objects")).toBe("200.00");
  expect(purged).toEqual([["invalidate", objects, "url"]]);
  expect(purge.accepted()).toMatchObject([
    { action: "invalidate", type: "url", network: "production", objects },
  ]);
  expect(purge.accepted()[0]?.purgeId).toBe(answer.purgeId);
});

test("takes paths with a host name, CP codes and tags, and nothing for the staging network", async () => {
  const { purged, purge } = await startPurge();
  expect((await send(purge, { hostname: HOST, objects: ["/a", "/b"] }, "/ccu/v3/delete/url")).status).toBe(
    201,
  );
  expect((await send(purge, { objects: [15_436] }, "/ccu/v3/delete/cpcode")).status).toBe(201);
  expect((await send(purge, { objects: ["courses"] }, "/ccu/v3/invalidate/tag")).status).toBe(201);
  expect((await send(purge, { objects: ["courses"] }, "/ccu/v3/invalidate/tag/staging")).status).toBe(201);
  expect(purged).toEqual([
    ["delete", [`http://${HOST}/a`, `http://${HOST}/b`], "url"],
    ["delete", [15_436], "cpcode"],
    ["invalidate", ["courses"], "tag"],
  ]);
});

test.each([
  [
    "a batch with one strange host",
    { objects: [`http://${HOST}/a`, "http://other/a"] },
    403,
    "http://other/a",
  ],
  ["a strange host name", { hostname: "other", objects: ["/a"] }, 403, "http://other/a"],
  ["what is no URL", { objects: ["/a"] }, 403, "/a"],
  ["no objects", { objects: [] }, 400, "objects must be a list that is not empty"],
  ["CP codes among URLs", { objects: [1] }, 400, "objects must all be of the type url"],
  ["an unknown property", { objects: [`http://${HOST}/a`], urls: [] }, 400, "unknown property urls"],
  ["what is no JSON", "{", 400, "the body is not a JSON object"],
])("refuses %s as a whole", async (_name, body, status, detail) => {
  const { purged, purge } = await startPurge();
  const refused = await send(purge, body);
  expect(refused).toMatchObject({ status, answer: { httpStatus: status, detail } });
  if (status === 403) expect(refused.answer.title).toBe("unauthorized arl");
  expect(refused.headers.get("content-type")).toBe("application/api-problem+json");
  expect(purged).toEqual([]);
  expect(purge.accepted()).toEqual([]);
  expect(purge.refused()).toMatchObject([{ httpStatus: status, detail }]);
});

test("takes a body of 50,000 bytes and no longer one", async () => {
  const { purge } = await startPurge();
  const start = `{"objects":["http://${HOST}/`;
  const bodyOf = (sizeBytes: number) => `${start}${"a".repeat(sizeBytes - start.length - 3)}"]}`;
  expect((await send(purge, bodyOf(50_000))).status).toBe(201);
  expect((await send(purge, bodyOf(50_001))).status).toBe(413);
});

test("refuses what is not signed, wrongly signed, late, or elsewhere", async () => {
  const { purge } = await startPurge();
  const wrong = { ...purge, credentials: { ...purge.credentials, clientSecret: "wrong" } };
  const body = { objects: [`http://${HOST}/a`] };
  expect(await send(wrong, body)).toMatchObject({
    status: 401,
    answer: { detail: "The signature does not match" },
  });
  expect((await fetch(`${purge.url}/ccu/v3/delete/url`, { method: "POST", body: "{}" })).status).toBe(401);
  expect((await send(purge, body, "/ccu/v3/remove/url")).status).toBe(404);
  const late = await startPurge({ now: () => Date.now() + 3_600_000 });
  const refused = await send(late.purge, body);
  expect(refused).toMatchObject({
    status: 400,
    answer: { title: "Bad request", detail: "Invalid timestamp" },
  });
  expect(Date.parse(refused.headers.get("date") ?? "")).not.toBeNaN();
});

test("limits requests and objects by token buckets that refill", async () => {
  const clock = { nowMs: Date.now() };
  const { purge } = await startPurge({ now: () => clock.nowMs });
  const batch = { objects: Array.from({ length: 200 }, (_, index) => index) };
  const refused = await send(
    purge,
    { objects: [...batch.objects, 1].map(() => 15_436) },
    "/ccu/v3/delete/cpcode",
  );
  expect(refused.status).toBe(201);
  const second = await send(purge, { objects: batch.objects.map(() => 15_436) }, "/ccu/v3/delete/cpcode");
  expect(second).toMatchObject({
    status: 429,
    answer: {
      title: "CPCODE Rate Limit exceeded",
      rateLimit: 300,
      rateLimitCurrentRequestSize: 200,
      rateLimitRemaining: 99,
    },
  });
  // A refused request takes no token: 99 + 4 seconds at 30 a minute are 101.
  clock.nowMs += 4_000;
  const third = await send(purge, { objects: Array(101).fill(15_436) }, "/ccu/v3/delete/cpcode");
  expect(third.status).toBe(201);
  expect(third.headers.get("x-ratelimit-remaining-objects")).toBe("0");
});

test("can be told to refuse the host, to be over the limit, and to be down", async () => {
  const { purge } = await startPurge();
  const body = { objects: [`http://${HOST}/a`] };
  purge.inject("reject-host");
  expect(await send(purge, body)).toMatchObject({ status: 403, answer: { title: "unauthorized arl" } });
  purge.inject("rate-limited");
  expect(await send(purge, body)).toMatchObject({ status: 429, answer: { title: "Rate Limit exceeded" } });
  purge.inject("down");
  await expect(send(purge, body)).rejects.toThrow();
  purge.clearFaults();
  expect((await send(purge, body)).status).toBe(201);
});

test("can hold a request, and answer or drop it when told", async () => {
  const { purged, purge } = await startPurge();
  const body = { objects: [`http://${HOST}/a`] };
  purge.inject("hang");
  const dropped = send(purge, body).catch(() => "dropped");
  await purge.untilHeld();
  expect(purged).toEqual([]);
  purge.clearFaults("drop");
  expect(await dropped).toBe("dropped");
  purge.inject("hang");
  const answered = send(purge, body);
  await purge.untilHeld();
  purge.clearFaults();
  expect((await answered).status).toBe(201);
  expect(purged).toHaveLength(1);
});
