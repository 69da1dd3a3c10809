import { mkdir, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { startEdge } from "../../world/hosts/edge.ts";
import { startNetstorageHost } from "../../world/hosts/netstorage-host.ts";
import { startWebHost } from "../../world/hosts/web-host.ts";
import { stopAfterTest, temporaryFolder } from "./temporary-folder.ts";

async function startSite() {
  const folder = await temporaryFolder();
  const root = path.join(folder, "www");
  await mkdir(path.join(root, "courses"), { recursive: true });
  let writtenAt = 1_600_000_000;
  // Each writing is a second later, as the engine's are, so that validators differ.
  const write = async (name: string, text: string) => {
    writtenAt += 2;
    await writeFile(path.join(root, name), text);
    await utimes(path.join(root, name), writtenAt, writtenAt);
  };
  await write("courses/index.htm", "old");
  const dir = path.join(folder, "web");
  const origin = stopAfterTest(await startWebHost({ dir, root, implementation: "static", kind: "origin" }));
  const clock = { nowMs: 1_000_000 };
  const netstorage = await startNetstorageHost({
    dir: path.join(folder, "ns"),
    root: path.join(folder, "store"),
  });
  stopAfterTest(netstorage);
  const netstorageUrl = netstorage.webUrl;
  const edge = stopAfterTest(
    await startEdge({ originUrl: origin.url, netstorageUrl, now: () => clock.nowMs }),
  );
  const get = async (urlPath: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${edge.url}${urlPath}`, { headers, redirect: "manual" });
    const xCache = response.headers.get("x-cache")?.split(" ")[0];
    return { status: response.status, text: await response.text(), xCache, headers: response.headers };
  };
  return { write, clock, origin, netstorage, edge, get };
}

test("serves old bytes, however old, until they are purged", async () => {
  const { write, clock, edge, get } = await startSite();
  expect(await get("/courses/")).toMatchObject({ status: 200, text: "old", xCache: "TCP_MISS" });
  await write("courses/index.htm", "new");
  clock.nowMs += 7 * 24 * 3_600_000;
  const hit = await get("/courses/");
  expect(hit).toMatchObject({ text: "old", xCache: "TCP_HIT" });
  expect(hit.headers.get("x-cache")).toMatch(/^TCP_HIT from /);
  expect(hit.headers.get("age")).toBe(String(7 * 24 * 3600));
  edge.purge("invalidate", [`${edge.url}/courses/`]);
  expect(await get("/courses/")).toMatchObject({ text: "new", xCache: "TCP_REFRESH_MISS" });
  expect(await get("/courses/")).toMatchObject({ text: "new", xCache: "TCP_HIT" });
  expect(edge.hits()).toBe(2);
});

test("asks the origin again after an invalidation, and keeps what has not changed", async () => {
  const { edge, get } = await startSite();
  await get("/courses/");
  edge.purge("invalidate", [`${edge.url}/courses/`]);
  expect(await get("/courses/")).toMatchObject({ text: "old", xCache: "TCP_REFRESH_HIT" });
  expect(await get("/courses/")).toMatchObject({ text: "old", xCache: "TCP_HIT" });
});

test("is deceived by changed bytes of the same size and time, as a real cache is", async () => {
  const { origin, edge, get } = await startSite();
  await get("/courses/");
  const file = path.join(origin.root, "courses/index.htm");
  await writeFile(file, "new");
  await utimes(file, 1_600_000_002, 1_600_000_002);
  edge.purge("invalidate", [`${edge.url}/courses/`]);
  expect(await get("/courses/")).toMatchObject({ text: "old", xCache: "TCP_REFRESH_HIT" });
  edge.purge("delete", [`${edge.url}/courses/`]);
  expect(await get("/courses/")).toMatchObject({ text: "new", xCache: "TCP_MISS" });
});

test("purges by URL with its query, and leaves all others", async () => {
  const { write, edge, get } = await startSite();
  await get("/courses/");
  await get("/courses/?print=1");
  await write("courses/index.htm", "new");
  edge.purge("delete", [`${edge.url}/courses/?print=1`]);
  expect(await get("/courses/?print=1")).toMatchObject({ text: "new", xCache: "TCP_MISS" });
  expect(await get("/courses/")).toMatchObject({ text: "old", xCache: "TCP_HIT" });
});

test("pulls /ans15436 from NetStorage, and purges it by CP code alone", async () => {
  const { netstorage, write, edge, get } = await startSite();
  await writeFile(path.join(netstorage.root, "15436/a.zip"), "zip");
  expect(await get("/ans15436/a.zip")).toMatchObject({ status: 200, text: "zip", xCache: "TCP_MISS" });
  await get("/courses/");
  await writeFile(path.join(netstorage.root, "15436/a.zip"), "zip two");
  await write("courses/index.htm", "new");
  edge.purge("invalidate", [15_436], "cpcode");
  expect(await get("/ans15436/a.zip")).toMatchObject({ text: "zip two", xCache: "TCP_REFRESH_MISS" });
  expect(await get("/courses/")).toMatchObject({ text: "old", xCache: "TCP_HIT" });
});

test("keeps a 404 for a short time, and a redirect", async () => {
  const { write, clock, get } = await startSite();
  expect(await get("/later.htm")).toMatchObject({ status: 404, xCache: "TCP_MISS" });
  await write("later.htm", "here");
  clock.nowMs += 9_000;
  expect(await get("/later.htm")).toMatchObject({ status: 404, xCache: "TCP_HIT" });
  clock.nowMs += 1_000;
  expect(await get("/later.htm")).toMatchObject({ status: 200, text: "here" });
  const redirect = await get("/courses");
  expect(redirect.status).toBe(301);
  expect(redirect.headers.get("location")).toBe("/courses/");
  expect((await get("/courses")).xCache).toBe("TCP_HIT");
});

test("serves what it has while the origin is down, and says so when it has nothing", async () => {
  const { origin, edge, get } = await startSite();
  await get("/courses/");
  await origin.stop();
  edge.purge("invalidate", [`${edge.url}/courses/`]);
  expect(await get("/courses/")).toMatchObject({ text: "old", xCache: "TCP_REFRESH_FAIL_HIT" });
  expect((await get("/other.htm")).status).toBe(503);
});

test("answers a reader's conditional request and HEAD from the cache, and logs each request", async () => {
  const { edge, get } = await startSite();
  const etag = (await get("/courses/")).headers.get("etag") ?? "";
  expect(await get("/courses/", { "if-none-match": etag })).toMatchObject({ status: 304, xCache: "TCP_HIT" });
  const head = await fetch(`${edge.url}/courses/`, { method: "HEAD" });
  expect(head.headers.get("content-length")).toBe("3");
  expect((await fetch(`${edge.url}/courses/`, { method: "POST" })).status).toBe(405);
  expect(edge.requests().map(({ method, status, outcome }) => [method, status, outcome])).toEqual([
    ["GET", 200, "TCP_MISS"],
    ["GET", 304, "TCP_HIT"],
    ["HEAD", 200, "TCP_HIT"],
  ]);
});
