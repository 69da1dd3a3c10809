import { execFile } from "node:child_process";
import { appendFile, cp, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { BenchCase, CaseTools, OpenCase, Subject } from "./bench-case.ts";
import { jdk, serveDocumentation } from "./crawl-cases.ts";
import type { CrawlSite } from "./crawl-site.ts";
import { again, type Crawler, crawler, httrack, sourceOf, wget, wget2 } from "./crawl-subjects.ts";
import { readCopy } from "./read-outcome.ts";

const run = promisify(execFile);
const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const threads = "--max-threads=16";
const mirrorPart = join("mirror", "current");

/** All that `scripts/bench mirror` measures. */
export const mirrorCases: readonly BenchCase[] = [
  { name: "jdk mirror", open: openMirror },
  { name: "render", open: openRender },
  { name: "one page", open: openOnePage },
  { name: "generation", open: openGeneration },
  sizeCase("1k files", 1_000),
  sizeCase("10k files", 10_000),
  sizeCase("100k files", 100_000),
  sizeCase("1m files", 1_000_000),
];

/** Makes the mirror of a source in a folder, as a process of its own. */
function mirrorOnce(config: string, ...steps: readonly string[]): (out: string) => string[] {
  const memory = "--max-old-space-size=512";
  return (out) => [process.execPath, memory, program("mirror-once.ts"), out, config, ...steps];
}

/** The engine, crawling the site over HTTP or from its root, and making the mirror of it in a folder. */
function ourMirror(site: CrawlSite, root?: string, ...steps: readonly string[]): Crawler {
  const { type, config } = sourceOf(site, root);
  return crawler(site, {
    name: `ours ${type}`,
    command: mirrorOnce(config, ...steps),
    read: (out) => readCopy(join(out, mirrorPart), site),
  });
}

async function openMirror(tools: CaseTools): Promise<OpenCase> {
  const { root, site } = await serveDocumentation(jdk, tools);
  const peers = [wget2(site, "wget2", threads, "-k"), wget(site), httrack(site)];
  return { ours: [ourMirror(site), ourMirror(site, root)], peers, close: site.stop };
}

async function openRender({ isQuick }: CaseTools): Promise<OpenCase> {
  const way = (name: string): Subject => ({
    name,
    command: () => [process.execPath, program("render-once.ts"), name, jdk, isQuick ? "300" : "1500"],
  });
  return { ours: [way("ours")], peers: [way("tokenizer"), way("cheerio")], close: async () => {} };
}

/** Changes a page of the site before each run. */
function afterChange(subject: Crawler, page: string): Crawler {
  let count = 0;
  return {
    ...subject,
    async prepare(out) {
      await subject.prepare?.(out);
      await appendFile(page, `<!-- ${++count} -->\n`);
    },
  };
}

async function openOnePage(tools: CaseTools): Promise<OpenCase> {
  const { root, site } = await serveDocumentation(jdk, tools);
  const page = join(root, site.prefix, "allclasses-index.html");
  const ours = [await again(ourMirror(site), tools), await again(ourMirror(site, root), tools)];
  const peers = [await again(wget2(site, "wget2", threads, "-k"), tools, "-N")];
  return {
    ours: ours.map((each) => afterChange(each, page)),
    peers: peers.map((each) => afterChange(each, page)),
    close: site.stop,
  };
}

/** A new generation beside an old one when one page has changed, nothing else being counted. */
async function openGeneration(tools: CaseTools): Promise<OpenCase> {
  const { root, site } = await serveDocumentation(jdk, tools);
  const first = ourMirror(site, root);
  const before = join(tools.folder, "before");
  const kept = join(tools.folder, "kept");
  await tools.tryOut(first, (out) => run("cp", ["-a", out, kept]));
  await cp(root, before, { recursive: true, preserveTimestamps: true });
  await appendFile(join(root, site.prefix, "allclasses-index.html"), "<!-- changed -->\n");
  const crawl: Crawler = {
    ...ourMirror(site, root, "crawl"),
    async prepare(out) {
      await run("cp", ["-a", kept, out]);
    },
  };
  const crawled = join(tools.folder, "crawled");
  await tools.tryOut(crawl, (out) => run("cp", ["-a", out, crawled]));
  const ours: Subject = {
    ...ourMirror(site, root, "mirror"),
    name: "ours",
    async prepare(out) {
      await run("cp", ["-a", crawled, out]);
    },
  };
  const linkDest: Subject = {
    name: "link-dest",
    command: (out) => ["rsync", "-a", `--link-dest=${join(out, "1")}`, `${root}/`, join(out, "2")],
    async prepare(out) {
      await mkdir(out);
      await run("cp", ["-a", before, join(out, "1")]);
    },
  };
  return { ours: [ours], peers: [linkDest], close: site.stop };
}

const filesPerCourse = 1_000;

/** A library of so many files, one of which changes: what a publish of its course to the mirror costs. */
function sizeCase(name: string, count: number): BenchCase {
  return {
    name,
    isLong: count > 10_000,
    async open({ folder, tryOut }) {
      const root = join(folder, "site");
      const courses = Array.from(
        { length: count / filesPerCourse },
        (_, n) => `/courses/physics/course-${n}`,
      );
      for (const course of courses) {
        await mkdir(join(root, course), { recursive: true });
        for (let number = 0; number < filesPerCourse; number++)
          await writeFile(join(root, course, `${number}.txt`), `file ${number}\n`);
      }
      const modules = courses.map((prefix) => ({ prefix, kind: "course" }));
      const config = JSON.stringify({ source: { type: "directory", root, modules } });
      const [changing = ""] = courses;
      const crawled = join(folder, "crawled");
      await tryOut({ name: "first", command: mirrorOnce(config) }, async (out) => {
        await rename(out, crawled);
        await mkdir(out);
      });
      let changes = 0;
      const ours: Subject = {
        name: "ours",
        command: mirrorOnce(config, "mirror"),
        runsMax: 3,
        async prepare(out) {
          await rename(crawled, out);
          await writeFile(join(root, changing, "0.txt"), `changed ${++changes}\n`);
          const [node = "", ...step] = mirrorOnce(config, "crawl", changing)(out);
          await run(node, step);
        },
        async inspect() {
          return { files: count };
        },
        async leave(out) {
          await rename(out, crawled);
        },
      };
      return { ours: [ours], peers: [], close: async () => {} };
    },
  };
}
