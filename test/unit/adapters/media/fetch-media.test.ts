import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { httpMedia } from "../../../../adapters/media/http-media.ts";
import { egressPolicy } from "../../../../engine/egress/egress-policy.ts";
import type { BlobStore } from "../../../../engine/ports/blob-store.ts";
import type { MediaSource } from "../../../../engine/ports/media-source.ts";
import type { Store } from "../../../../engine/ports/store/store.ts";
import type { WantedMedia } from "../../../../engine/render/players/locate-media.ts";
import { fetchMedia, type MediaReport } from "../../../../engine/run/fetch-media.ts";
import { listenOnLoopback } from "../../../world/hosts/find-free-port.ts";
import { type OpenStores, openStores } from "../../../world/open-stores.ts";
import { context } from "../http/hostile-server.ts";

type Answer = (response: ServerResponse, headers: IncomingHttpHeaders) => void;

const large = Buffer.alloc(3 * 2 ** 20, "0123456789");
const fileBytesMax = 4 * 2 ** 20;

let stores: OpenStores;
let server: Server;
let port: number;
let asked: string[];
let answers: Record<string, Answer>;
let now: Date;
let store: Store;
let blobs: BlobStore;
let mediaSource: MediaSource;

beforeEach(async () => {
  stores = await openStores("media");
  ({ store, blobs } = stores);
  now = new Date(0);
  asked = [];
  answers = {};
  server = createServer(({ url = "", headers }, response) => {
    asked.push(url);
    const answer = answers[url];
    if (answer === undefined) response.writeHead(404, { "content-type": "video/mp4" }).end("nothing");
    else answer(response, headers);
  });
  port = await listenOnLoopback(server);
  const egress = egressPolicy([{ host: `127.0.0.1:${port}`, allowPrivate: true }]);
  const timeouts = { connectMs: 5_000, answerMs: 5_000, idleMs: 5_000 };
  mediaSource = httpMedia({ egress, clock: { now: () => now }, sizeBytesMax: fileBytesMax }, timeouts);
});
afterEach(async () => {
  mediaSource.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await stores.close();
});

const at = (path: string): string => `http://127.0.0.1:${port}${path}`;
const wantedAt = (path: string, use: WantedMedia["use"] = "video"): WantedMedia => ({
  url: path.startsWith("/") ? at(path) : path,
  page: "/c/a",
  use,
});
const send =
  (body: string | Buffer, mediaType = "video/mp4"): Answer =>
  (response) => {
    response.writeHead(200, { "content-type": mediaType, "content-length": body.length }).end(body);
  };
const redirectTo =
  (location: string): Answer =>
  (response) => {
    response.writeHead(302, { location }).end();
  };

function fetchAll(wanted: readonly WantedMedia[], hosts: readonly string[] = ["any"]): Promise<MediaReport> {
  const clock = { now: () => now, wait: async () => undefined };
  const parts = { store, blobs, clock, mediaSource, settings: { hosts, fileBytesMax } };
  return fetchMedia(parts, wanted, async () => undefined, context());
}

const bytesAt = async (path: string): Promise<Buffer | undefined> => {
  const kept = await store.media.get(at(path));
  if (kept === undefined || "failure" in kept) return undefined;
  return Buffer.from(await blobs.read(kept.digest, fileBytesMax));
};

describe("media that pages want", () => {
  it("are fetched once each, by redirects and with the type that their name tells", async () => {
    answers["/v.mp4"] = redirectTo("/moved/v.mp4");
    answers["/moved/v.mp4"] = send("video", "application/octet-stream");
    answers["/c.srt"] = send("captions", "text/plain; charset=utf-8");
    const wanted = [wantedAt("/v.mp4"), wantedAt("/c.srt", "captions"), wantedAt("/v.mp4")];
    expect(await fetchAll(wanted)).toEqual({ fetched: 2, failures: [] });
    expect(await store.media.get(at("/v.mp4"))).toMatchObject({ mediaType: "video/mp4", size: 5 });
    expect(await store.media.get(at("/c.srt"))).toMatchObject({ mediaType: "text/plain" });
    expect(await bytesAt("/v.mp4")).toEqual(Buffer.from("video"));
    expect(await fetchAll(wanted)).toEqual({ fetched: 0, failures: [] });
    expect(asked).toHaveLength(3);
  });

  it("cost only their own players when they are not to be had, each for its reason", async () => {
    answers["/login.mp4"] = send("<!DOCTYPE html><p>Log in", "text/html");
    answers["/lie.mp4"] = send("<!DOCTYPE html><p>Log in");
    answers["/type.mp4"] = send("x", "image/png");
    answers["/page.vtt"] = send("<html>", "text/html");
    answers["/large.mp4"] = (response) =>
      response
        .writeHead(200, { "content-type": "video/mp4", "content-length": fileBytesMax + 1 })
        .write(large);
    answers["/endless.mp4"] = (response) => {
      response.writeHead(200, { "content-type": "video/mp4" });
      for (let part = 0; part < 3; part++) response.write(large);
      response.end();
    };
    answers["/away.mp4"] = redirectTo("http://localhost:1/v.mp4");
    answers["/round.mp4"] = redirectTo("/round.mp4");
    answers["/file.mp4"] = redirectTo("file:///etc/passwd");
    answers["/tired.mp4"] = (response) => response.writeHead(503).end();
    answers["/good.mp4"] = send("video");
    const reasons: readonly (readonly [string, RegExp])[] = [
      ["/missing.mp4", /status 404/],
      ["/login.mp4", /web page was sent in place of a .mp4/],
      ["/lie.mp4", /web page was sent as video\/mp4/],
      ["/type.mp4", /of the type image\/png, so no video/],
      ["/large.mp4", /4194305 bytes, more than 4194304/],
      ["/endless.mp4", /more than 4194304 bytes/],
      ["/away.mp4", /localhost:1 is allowed/],
      ["/round.mp4", /more than 5 times/],
      ["/file.mp4", /by file: is allowed/],
      ["/tired.mp4", /status 503/],
      ["http://other.example/v.mp4", /other.example:80 is allowed/],
    ];
    const wanted = [...reasons.map(([path]) => wantedAt(path)), wantedAt("/page.vtt", "captions")];
    const report = await fetchAll([...wanted, wantedAt("/good.mp4")]);
    expect(report.fetched).toBe(1);
    expect(report.failures).toHaveLength(wanted.length);
    for (const [path, reason] of reasons)
      expect(report.failures.find(({ url }) => url.endsWith(path))?.reason).toMatch(reason);
    expect(asked.filter((url) => url === "/tired.mp4")).toHaveLength(3);
    expect(asked.filter((url) => url === "/round.mp4")).toHaveLength(6);
  });

  it("that failed are asked for again after a day", async () => {
    expect((await fetchAll([wantedAt("/v.mp4")])).failures).toHaveLength(1);
    answers["/v.mp4"] = send("video");
    now = new Date(86_399_000);
    expect((await fetchAll([wantedAt("/v.mp4")])).failures).toMatchObject([{ reason: /404/ }]);
    now = new Date(86_400_000);
    expect(await fetchAll([wantedAt("/v.mp4")])).toEqual({ fetched: 1, failures: [] });
    expect(asked).toHaveLength(2);
  });

  it("go on where they broke off", async () => {
    const ranges: (string | undefined)[] = [];
    answers["/v.mp4"] = (response, { range }) => {
      ranges.push(range);
      const [from = 0] = /\d+/.exec(range ?? "")?.map(Number) ?? [];
      const headers = { "content-type": "video/mp4", etag: '"1"', "content-length": large.length - from };
      if (ranges.length > 1 && range === undefined)
        response.writeHead(200, headers).write(large.subarray(0, 2_048));
      else if (range === undefined)
        response.writeHead(200, headers).write(large.subarray(0, 2 ** 20), () => response.destroy());
      else {
        const part = { "content-range": `bytes ${from}-${large.length - 1}/${large.length}` };
        response.writeHead(206, { ...headers, ...part }).end(large.subarray(from));
      }
    };
    expect(await fetchAll([wantedAt("/v.mp4")])).toEqual({ fetched: 1, failures: [] });
    expect(await bytesAt("/v.mp4")).toEqual(large);
    expect(ranges.at(-1)).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it("are asked of nobody where no host is allowed, and left when the run is cancelled", async () => {
    expect(await fetchAll([wantedAt("/v.mp4")], [])).toEqual({ fetched: 0, failures: [] });
    expect(asked).toEqual([]);
    const clock = { now: () => now, wait: async () => undefined };
    const parts = { store, blobs, clock, mediaSource, settings: { hosts: ["any"], fileBytesMax } };
    const cancelled = { ...context(), signal: AbortSignal.abort() };
    const work = fetchMedia(parts, [wantedAt("/v.mp4")], async () => undefined, cancelled);
    await expect(work).rejects.toMatchObject({ code: "cancelled" });
    expect(await store.media.get(at("/v.mp4"))).toBeUndefined();
  });
});
