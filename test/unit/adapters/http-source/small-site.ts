import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { httpSource } from "../../../../adapters/sources/http/http-source.ts";
import { egressPolicy } from "../../../../engine/egress/egress-policy.ts";
import type { Source } from "../../../../engine/ports/source.ts";
import { hastyClock, keptLog } from "../../engine/crawl/crawl-bench.ts";

const anyModule = [{ prefix: "/courses/*", kind: "course" }];

/** What stands at a path: a body, or the whole answer. */
export type Answer = string | Buffer | ((request: IncomingMessage, response: ServerResponse) => void);

/** A web site on loopback, and the requests it got. */
export interface SmallSite {
  readonly origin: string;
  readonly answers: Map<string, Answer>;
  readonly requests: IncomingMessage[];
  source(options?: Readonly<Record<string, unknown>>): Source;
  goAway(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** Starts a web site that validates by ETag and knows ranges. `make` gets the origin. */
export async function startSmallSite(make: (origin: string) => Record<string, Answer>): Promise<SmallSite> {
  const answers = new Map<string, Answer>();
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    const path = request.url ?? "";
    const answer = answers.get(path);
    if (typeof answer === "function") return answer(request, response);
    if (answer === undefined) return void response.writeHead(404).end("nothing here");
    if (request.headers["if-none-match"] === '"1"') return void response.writeHead(304).end();
    const { range = "", "if-range": ifRange } = request.headers;
    const [, from] = /^bytes=(\d+)-$/.exec(range) ?? [];
    if (from !== undefined && ifRange === '"1"') {
      const rest = Buffer.from(answer).subarray(Number(from));
      const contentRange = `bytes ${from}-${Number(from) + rest.byteLength - 1}/${Buffer.byteLength(answer)}`;
      return void response.writeHead(206, { "content-range": contentRange, etag: '"1"' }).end(rest);
    }
    const type = /\.[a-z]+$/.test(path) ? "application/pdf" : "text/html; charset=utf-8";
    const length = Buffer.byteLength(answer);
    response.writeHead(200, { "content-type": type, "content-length": length, etag: '"1"' }).end(answer);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, "127.0.0.1", () => resolve()));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the site has no port");
  const origin = `http://127.0.0.1:${address.port}`;
  for (const [path, answer] of Object.entries(make(origin))) answers.set(path, answer);
  return {
    origin,
    answers,
    requests,
    source(options = {}) {
      const { create, hosts } = httpSource.prepare({
        url: origin,
        allowPrivate: true,
        modules: anyModule,
        ...options,
      });
      return create({ name: "site", egress: egressPolicy(hosts), clock: hastyClock(), log: keptLog() });
    },
    async goAway() {
      await close();
      return () => listen(address.port);
    },
    close,
  };
}

/** A sitemap with these URLs, each with the text that follows its location. */
export function sitemapOf(urls: readonly string[], rest = "", root = "urlset", child = "url"): string {
  const entries = urls.map((url) => `<${child}><loc>${url}</loc>${rest}</${child}>`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${entries.join("\n")}</${root}>\n`;
}
