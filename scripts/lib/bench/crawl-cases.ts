import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { digestOf } from "../../../engine/model/digest.ts";
import type { BenchCase, CaseTools, OpenCase } from "./bench-case.ts";
import { startGeneratedSite, startStaticSite } from "./crawl-site.ts";
import { again, type Crawler, httrack, ourCrawler, wget, wget2 } from "./crawl-subjects.ts";
import { cmsPace, generateCourse } from "./generated-sites.ts";
import { digestTree, findDifferences } from "./read-outcome.ts";

/** The documentation of Java: ten thousand pages with many links. */
export const jdk = "/usr/share/doc/openjdk-17-jre-headless/api";
const postgresql = "/usr/share/doc/postgresql-doc-15/html";
const threads = "--max-threads=16";

/** All that `scripts/bench crawl` measures. */
export const crawlCases: readonly BenchCase[] = [
  { name: "jdk first", open: (tools) => openDocumentation(jdk, tools, true) },
  { name: "jdk unchanged", open: openUnchanged },
  { name: "postgresql first", open: (tools) => openDocumentation(postgresql, tools, false) },
  { name: "cms 40 ms", open: openCms },
  memoryCase("memory 10k", 10_000),
  memoryCase("memory 100k", 100_000),
  memoryCase("memory 1m", 1_000_000),
];

/** A copy of Debian's documentation, served by nginx. */
export async function serveDocumentation(source: string, { folder }: CaseTools) {
  const root = join(folder, "site");
  const prefix = "/courses/documentation";
  await mkdir(join(root, "courses"), { recursive: true });
  // Some of its files are links into other packages.
  await promisify(execFile)("cp", ["-rL", source, root + prefix]);
  return { root, site: await startStaticSite(root, prefix, folder) };
}

/** Throws unless ours recorded, with the bytes that are served, all that the peer has fetched. */
async function compare(
  root: string,
  ours: readonly Crawler[],
  peer: Crawler,
  tools: CaseTools,
): Promise<void> {
  const served = await digestTree(root);
  const fetched = await tools.tryOut(peer, digestTree);
  throwIfAny(peer, findDifferences(fetched, served, []));
  for (const our of ours) {
    const { digests } = await tools.tryOut(our, our.read);
    throwIfAny(our, findDifferences(digests, served, fetched.keys()));
  }
}

function throwIfAny({ name }: Crawler, differences: readonly string[]): void {
  const first = differences.slice(0, 10).join("\n");
  if (differences.length > 0) throw new Error(`${name} differs at ${differences.length} paths:\n${first}`);
}

async function openDocumentation(source: string, tools: CaseTools, hasHttrack: boolean): Promise<OpenCase> {
  const { root, site } = await serveDocumentation(source, tools);
  const ours = [ourCrawler(site), ourCrawler(site, root)];
  const plain = wget2(site, "wget2", threads);
  const peers = [plain, wget2(site, "wget2 -k", threads, "-k"), wget(site)];
  if (hasHttrack) peers.push(httrack(site));
  return { ours, peers, check: () => compare(root, ours, plain, tools), close: site.stop };
}

async function openUnchanged(tools: CaseTools): Promise<OpenCase> {
  const { root, site } = await serveDocumentation(jdk, tools);
  const ours = [await again(ourCrawler(site), tools), await again(ourCrawler(site, root), tools)];
  const plain = await again(wget2(site, "wget2", threads), tools, "-N");
  const peers = [plain, await again(wget(site), tools, "-N")];
  return { ours, peers, check: () => compare(root, ours, plain, tools), close: site.stop };
}

async function openCms(tools: CaseTools): Promise<OpenCase> {
  const prefix = "/courses/physics/course";
  const count = tools.isQuick ? 400 : 2000;
  const site = await startGeneratedSite("course", prefix, count);
  const ours = ourCrawler(site);
  // Its pages have no extension, and its folders are pages too.
  const peers = [
    wget2(site, "wget2 default", "-E"),
    wget2(site, "wget2", threads, "-E"),
    wget(site, "-E"),
    httrack(site),
  ];
  const check = async () => {
    const files = [...generateCourse(site.origin, prefix, count)];
    const served = new Map(files.map(([path, { body }]) => [decodeURI(path), digestOf(body)]));
    const { digests } = await tools.tryOut(ours, ours.read);
    throwIfAny(ours, findDifferences(digests, served, served.keys()));
  };
  const idealMs = (count / cmsPace.workerCount) * cmsPace.latencyMs;
  return { ours: [ours], peers, idealMs, check, close: site.stop };
}

/** Only the memory counts, so one run must do. Of a million pages nine in ten would only fill the disk. */
function memoryCase(name: string, count: number): BenchCase {
  const isLong = count >= 1_000_000;
  const prefix = "/courses/physics/big";
  return {
    name,
    isLong,
    async open() {
      const site = await startGeneratedSite(isLong ? "images" : "pages", prefix, count);
      const crawler = ourCrawler(site);
      const inspect: Crawler["inspect"] = async (out) => {
        const facts = await crawler.inspect?.(out);
        if (facts?.found !== count) throw new Error(`${name}: ${facts?.found} of ${count} URLs were found`);
        return isLong ? { ...facts, note: "9 of 10 URLs are images of the same bytes" } : facts;
      };
      return { ours: [{ ...crawler, runsMax: 1, inspect }], peers: [], close: site.stop };
    },
  };
}
