import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../../adapters/clock/system-clock.ts";
import { httpLinks } from "../../../../adapters/links/http-links.ts";
import { askPolitely } from "../../../../engine/crawl/ask-politely.ts";
import { lookAtLink } from "../../../../engine/crawl/look-at-link.ts";
import { egressPolicy } from "../../../../engine/egress/egress-policy.ts";
import type { LinkChecker } from "../../../../engine/ports/link-checker.ts";
import { listenOnLoopback } from "../../../world/hosts/find-free-port.ts";
import { context } from "../http/hostile-server.ts";

type Asked = { readonly url: string; readonly headers: IncomingHttpHeaders };

let server: Server;
let port: number;
let asked: Asked[];
let answers: Record<string, (response: ServerResponse) => void>;
let links: LinkChecker;

const timeouts = { connectMs: 5_000, answerMs: 5_000, idleMs: 5_000 };
const at = (path: string): string => `http://127.0.0.1:${port}${path}`;
const redirectTo = (status: number, location: string) => (response: ServerResponse) => {
  response.writeHead(status, { location, "set-cookie": "robot=yes" }).end();
};
const look = (url: string) => {
  const limits = { concurrency: 4, delayPerHostMs: 0 };
  const ask = askPolitely({ linkChecker: links, limits, clock: systemClock(), leftAlone: new Set() });
  return lookAtLink(url, ask, context());
};

beforeEach(async () => {
  asked = [];
  answers = {};
  server = createServer((request, response) => {
    const { url = "", headers } = request;
    asked.push({ url, headers });
    const answer = answers[url];
    if (answer === undefined) response.writeHead(404).end("nothing here");
    else answer(response);
  });
  port = await listenOnLoopback(server);
  const egress = egressPolicy([{ host: `127.0.0.1:${port}`, allowPrivate: true }], ["*", `*:${port}`]);
  links = httpLinks(egress, timeouts);
});
afterEach(async () => {
  links.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe("a link that is looked at", () => {
  it.each([
    ["ok", 200],
    ["broken", 404],
    ["broken", 410],
    ["unsure", 403],
    ["unsure", 429],
    ["unsure", 500],
    ["unsure", 304],
  ])("is %s where its host answers %i", async (outcome, status) => {
    answers["/page"] = (response) => response.writeHead(status).end();
    expect(await look(at("/page"))).toEqual({ outcome, status });
  });

  it("is left after the head of the answer", async () => {
    const { promise: left, resolve } = Promise.withResolvers<void>();
    answers["/endless"] = (response) => {
      response.once("close", resolve);
      response.writeHead(200, { "content-encoding": "br" }).write("for ever");
    };
    expect(await look(at("/endless"))).toEqual({ outcome: "ok", status: 200 });
    await left;
  });

  it("has moved where it is redirected for good, to where that leads", async () => {
    answers["/old"] = redirectTo(301, "/newer?a=1#part");
    answers["/newer?a=1"] = redirectTo(308, "/new");
    answers["/new"] = redirectTo(302, "/today");
    answers["/today"] = (response) => response.end("here");
    expect(await look(at("/old"))).toEqual({ outcome: "moved", status: 200, detail: at("/new") });
    expect(await look(at("/new"))).toEqual({ outcome: "ok", status: 200 });
    answers["/now"] = redirectTo(307, "/old");
    expect(await look(at("/now"))).toEqual({ outcome: "ok", status: 200 });
    answers["/gone"] = redirectTo(301, "/nowhere");
    expect(await look(at("/gone"))).toEqual({ outcome: "broken", status: 404 });
  });

  it("is followed to where a redirect names bytes that no header should hold", async () => {
    answers["/raw"] = redirectTo(302, Buffer.from("/p\u00e9age").toString("latin1"));
    answers["/p%C3%A9age"] = (response) => response.end("here");
    expect(await look(at("/raw"))).toEqual({ outcome: "ok", status: 200 });
  });

  it("is asked for as by nobody: no cookie, credential or referrer, by one GET each", async () => {
    answers["/a"] = redirectTo(302, "/b");
    answers["/b"] = (response) => response.end();
    await look(at("/a"));
    expect(asked.map(({ url }) => url)).toEqual(["/a", "/b"]);
    for (const { headers } of asked)
      expect(Object.keys(headers).sort()).toEqual([
        "accept",
        "accept-encoding",
        "connection",
        "host",
        "user-agent",
      ]);
  });

  it("is not followed for ever", async () => {
    answers["/round"] = redirectTo(302, "/round");
    expect(await look(at("/round"))).toMatchObject({ outcome: "unsure", status: 302 });
    expect(asked).toHaveLength(6);
  });

  it("is unreachable where nobody listens, and where no answer comes", async () => {
    links.close();
    links = httpLinks(egressPolicy([{ host: `127.0.0.1:${port}`, allowPrivate: true }]), {
      ...timeouts,
      answerMs: 50,
    });
    answers["/slow"] = () => undefined;
    expect(await look(at("/slow"))).toMatchObject({ outcome: "unreachable" });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await look(at("/page"))).toMatchObject({
      outcome: "unreachable",
      detail: expect.stringContaining("connection refused"),
    });
  });

  it("is unsure where the answer is no HTTP", async () => {
    answers["/odd"] = ({ socket }) => void socket?.end("SSH-2.0-OpenSSH_10.0\r\n");
    expect(await look(at("/odd"))).toMatchObject({ outcome: "unsure" });
  });

  it.each([
    ["a private address", () => "http://10.0.0.1/"],
    ["another port of the same host", () => "http://127.0.0.1:1/"],
    ["the same address in decimal", () => `http://2130706433:${port + 1}/`],
    ["another loopback address", () => `http://127.0.0.2:${port}/`],
    ["a name that resolves to loopback", () => `http://localhost:${port}/secret`],
    ["a URL with credentials", () => `http://me:secret@127.0.0.1:${port}/`],
    ["a file", () => "file:///etc/passwd"],
  ])("promise 12: is refused where it is redirected to %s", async (_, target) => {
    answers["/trick"] = redirectTo(302, target());
    const found = await look(at("/trick"));
    expect(found).toMatchObject({ outcome: "refused", status: 302 });
    expect(found?.detail).not.toContain("me:secret");
    expect(asked.map(({ url }) => url)).toEqual(["/trick"]);
  });

  it("promise 12: is refused without a request where its name resolves to loopback", async () => {
    const found = await look(`http://localhost:${port}/`);
    expect(found).toEqual({ outcome: "refused", detail: expect.stringContaining("not public") });
    expect(asked).toEqual([]);
  });

  it("is refused where it is too long to be one", async () => {
    expect(await look(at(`/${"a".repeat(9_000)}`))).toMatchObject({ outcome: "refused" });
    expect(asked).toEqual([]);
  });

  it("is given up when the run is cancelled", async () => {
    const cancel = new AbortController();
    answers["/slow"] = () => cancel.abort();
    await expect(links.check(at("/slow"), context(cancel.signal))).rejects.toMatchObject({
      code: "cancelled",
    });
  });
});
