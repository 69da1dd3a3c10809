import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { httpSource } from "../../../../adapters/sources/http/http-source.ts";
import { createPacer } from "../../../../engine/crawl/pacer.ts";
import { type VisitParts, visitUrl } from "../../../../engine/crawl/visit-url.ts";
import { egressPolicy } from "../../../../engine/egress/egress-policy.ts";
import { digestOf } from "../../../../engine/model/digest.ts";
import { parseModuleId } from "../../../../engine/model/module.ts";
import type { Source } from "../../../../engine/ports/source.ts";
import type { Target } from "../../../../engine/ports/store/snapshot-store.ts";
import { fileBlobStore } from "../../../../engine/store/file-blob-store.ts";
import { crawlLimits, freshContext, hastyClock, keptLog } from "./crawl-bench.ts";

const whole = Buffer.alloc(3_000_000, "a large file of some kind, ");
const breakAt = 1_700_000;
const target: Target = {
  ...{ id: 0, url: "/a/large.zip", owner: parseModuleId("/a") },
  ...{ isDeclared: true, depth: 0, hops: 0 },
};

let folder: string;
let source: Source;
let asked: (string | undefined)[];
/** How the server answers: by the number of the request. */
let answer: (request: IncomingMessage, response: ServerResponse, count: number) => void;
const server = createServer((request, response) => {
  asked.push(request.headers.range);
  answer(request, response, asked.length);
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "large-bodies-"));
  asked = [];
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const modules = [{ prefix: "/a", kind: "resource" }];
  const { hosts, create } = httpSource.prepare({ url, allowPrivate: true, modules });
  source = create({ name: "s", egress: egressPolicy(hosts), clock: hastyClock(), log: keptLog() });
});
afterEach(async () => {
  await source.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

async function visit(attemptsMax = 3) {
  const clock = hastyClock();
  const limits = { ...crawlLimits, attemptsMax };
  const blobs = await fileBlobStore(join(folder, "blobs"));
  const nothing = async () => undefined;
  const asking = { previous: nothing, knock: nothing, tell: nothing };
  const parts: VisitParts = { source, blobs, limits, clock, pacer: createPacer(limits, clock), ...asking };
  return (await visitUrl(target, parts, freshContext())).sighting;
}

const head = { "content-type": "application/zip", etag: '"one"', "accept-ranges": "bytes" };

function sendBroken(response: ServerResponse, bytes = whole, headers: Record<string, string> = head): void {
  response.writeHead(200, { ...headers, "content-length": String(whole.length) });
  response.write(bytes.subarray(0, breakAt), () => setImmediate(() => response.destroy()));
}

function sendRest(request: IncomingMessage, response: ServerResponse): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1]);
  const range = `bytes ${from}-${whole.length - 1}/${whole.length}`;
  response.writeHead(206, { ...head, "content-range": range, "content-length": whole.length - from });
  response.end(whole.subarray(from));
}

it("a large body that breaks off is gone on with where it broke, if it is still the same", async () => {
  answer = (request, response, count) => {
    if (request.headers.range === undefined) return sendBroken(response);
    expect(request.headers["if-range"]).toBe('"one"');
    expect(count).toBe(3);
    sendRest(request, response);
  };
  expect(await visit()).toMatchObject({ digest: digestOf(whole), size: whole.length });
  // The second request tells that the file is the same; what it sends is not read.
  expect(asked).toEqual([undefined, undefined, expect.stringMatching(/^bytes=[1-9]\d+-$/)]);
});

it("a large body is gone on with by another process, too", async () => {
  answer = (request, response) =>
    request.headers.range === undefined ? sendBroken(response) : sendRest(request, response);
  await expect(visit(1)).rejects.toMatchObject({ code: "corrupt" });
  expect(await visit(1)).toMatchObject({ digest: digestOf(whole), size: whole.length });
});

it("a large body that changed meanwhile is fetched from its start", async () => {
  const other = Buffer.alloc(whole.length, "another file of the same length. ");
  const otherHead = { ...head, etag: '"two"' };
  answer = (_request, response, count) => {
    if (count === 1) return sendBroken(response);
    response.writeHead(200, { ...otherHead, "content-length": other.length }).end(other);
  };
  expect(await visit()).toMatchObject({ digest: digestOf(other) });
});

it("a source that sends the whole when asked for the rest is taken at its word, from the start", async () => {
  answer = (_request, response, count) => {
    if (count === 1) return sendBroken(response);
    response.writeHead(200, { ...head, "content-length": whole.length }).end(whole);
  };
  expect(await visit()).toMatchObject({ digest: digestOf(whole) });
});

it("the rest from another place than the one asked for is not put behind what is there", async () => {
  answer = (request, response) => {
    if (request.headers.range === undefined) return sendBroken(response);
    const range = `bytes 0-${whole.length - 1}/${whole.length}`;
    response.writeHead(206, { ...head, "content-range": range, "content-length": whole.length }).end(whole);
  };
  await expect(visit(2)).rejects.toMatchObject({ code: "unavailable" });
});

it("without a strong validator a large body is fetched from its start each time", async () => {
  const weak = { ...head, etag: 'W/"weak"' };
  answer = (_request, response, count) => {
    if (count === 1) return sendBroken(response, whole, weak);
    response.writeHead(200, { ...weak, "content-length": whole.length }).end(whole);
  };
  expect(await visit()).toMatchObject({ digest: digestOf(whole) });
  expect(asked).toEqual([undefined, undefined]);
});
