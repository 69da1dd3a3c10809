import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { CaseTools, Subject } from "./bench-case.ts";
import type { CrawlSite } from "./crawl-site.ts";
import { type Outcome, readCopy, readRecorded } from "./read-outcome.ts";

/** A subject that crawls. */
export interface Crawler extends Subject {
  /** What its output comes to. */
  read(out: string): Promise<Outcome>;
}

const crawlOnce = fileURLToPath(new URL("crawl-once.ts", import.meta.url));
const crawl = {
  concurrency: 16,
  urlsMax: 2_000_000,
  assetPrefixes: ["/portal_css", "/styles", "/scripts", "/images"],
};

/** The configuration by which the engine crawls the site over HTTP, or from the folder that is its root. */
export function sourceOf(
  { origin, prefix }: Pick<CrawlSite, "origin" | "prefix">,
  root?: string,
): { readonly type: string; readonly config: string } {
  const modules = [{ prefix, kind: "course" }];
  const source =
    root === undefined
      ? // Documentation has folders that a site would only have for logging in.
        { type: "http", url: origin, allowPrivate: true, denied: [], modules }
      : { type: "directory", root, modules };
  return { type: source.type, config: JSON.stringify({ source, crawl }) };
}

/** The engine, crawling the site over HTTP, or from the folder that is its root. */
export function ourCrawler(site: CrawlSite, root?: string): Crawler {
  const { type, config } = sourceOf(site, root);
  return crawler(site, {
    name: `ours ${type}`,
    // With the flag that the service is started with.
    command: (out) => [process.execPath, "--max-old-space-size=512", crawlOnce, out, config],
    read: (out) => readRecorded(out, site.prefix),
  });
}

/** GNU Wget2, which has five threads unless told, and leaves links as they are unless it is given `-k`. */
export function wget2(site: CrawlSite, name: string, ...options: readonly string[]): Crawler {
  return wgetLike(site, name, ["wget2", "--no-robots", ...options]);
}

/** GNU Wget, making the links of its copy work there. */
export function wget(site: CrawlSite, ...options: readonly string[]): Crawler {
  return wgetLike(site, "wget", ["wget", "-k", "-e", "robots=off", ...options]);
}

function wgetLike(site: CrawlSite, name: string, command: readonly string[]): Crawler {
  const options = "-q -r -l inf -p -np -nH --no-config --no-hsts".split(" ");
  return crawler(site, {
    name,
    command: (out) => [...command, ...options, "-P", out, site.origin + site.entry],
    // It says 8 when an answer was an error, as every broken link's is.
    exitCodes: [0, 8],
    read: (out) => readCopy(out, site),
  });
}

/** HTTrack without its politeness. It is slow, so one run must do. */
export function httrack(site: CrawlSite): Crawler {
  const options = "--robots=0 -c16 -%c0 --max-rate=0 -A0 --disable-security-limits -q -n -I0".split(" ");
  return crawler(site, {
    name: "httrack",
    command: (out) => ["httrack", site.origin + site.entry, "-O", out, ...options],
    runsMax: 1,
    read: (out) => readCopy(join(out, new URL(site.origin).host.replace(":", "_")), site),
  });
}

/** A crawler that finds what its first crawl left, as it was then, each time it is run. */
export async function again(
  first: Crawler,
  { folder, tryOut }: CaseTools,
  ...options: readonly string[]
): Promise<Crawler> {
  const kept = join(folder, first.name);
  const copy = (from: string, to: string) => promisify(execFile)("cp", ["-a", from, to]);
  await tryOut(first, (out) => copy(out, kept));
  return {
    ...first,
    command: (out) => [...first.command(out), ...options],
    async prepare(out) {
      await copy(kept, out);
      await first.prepare?.(out);
    },
  };
}

/** A crawler of whose outcome rows tell, with how many requests it made. */
export function crawler(site: CrawlSite, subject: Crawler): Crawler {
  let before = 0;
  return {
    ...subject,
    async prepare() {
      before = await site.requests();
    },
    async inspect(out) {
      const requests = (await site.requests()) - before;
      const { digests, pages, broken } = await subject.read(out);
      return { requests, found: digests.size, pages, broken };
    },
  };
}
