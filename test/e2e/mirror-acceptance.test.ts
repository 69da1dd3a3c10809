import { copyFileSync, existsSync, globSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { httpSource } from "../../adapters/sources/http/http-source.ts";
import { egressPolicy } from "../../engine/egress/egress-policy.ts";
import { startStaticSite } from "../../scripts/lib/bench/crawl-site.ts";
import { sitemapOf } from "../unit/adapters/http-source/small-site.ts";
import { hastyClock, keptLog, marker, reader, sourceAt } from "../unit/engine/crawl/crawl-bench.ts";
import { startCms } from "../world/cms/start-cms.ts";
import type { CmsContent } from "../world/content/cms-content.ts";
import { demoContent } from "../world/content/demo-content.ts";
import { exportFolder, hasExport } from "../world/content/export-folder.ts";
import { readPloneExport } from "../world/content/plone-export.ts";
import { seededRandom } from "../world/content/seeded-random.ts";
import { acceptSource } from "./accept-source.ts";
import { type Browser, startChromium } from "./chromium.ts";
import type { Acceptance } from "./mirror-acceptance.ts";

const docs = "/usr/share/doc";
/** Documentation as Debian packages it, and how many pages of it are opened: usually, and in the long run. */
const packages: [string, number, number][] = [
  ["openjdk-17-jre-headless/api", 0, 1_800],
  ["postgresql-doc-15/html", 220, 1_169],
  ["valgrind/html", 0, 40],
];
/** Links to places in other pages of postgresql-doc-15, each counted once in a page. */
const postgresqlFragments = 4_127;

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium({ width: 1024, colorScheme: "light" });
});
afterAll(() => browser.close());

async function acceptContent(content: CmsContent): Promise<Acceptance> {
  const cms = await startCms({ content, account: reader, workflowAccount: marker });
  const source = sourceAt(cms, hastyClock(), { aliases: content.hosts.cms });
  try {
    return await acceptSource(source, `https://${content.hosts.public}`, browser);
  } finally {
    await source.close();
    await cms.close();
  }
}

/** Some of the pages of a package, served as they are and crawled. */
async function acceptDocumentation(name: string, countMax: number): Promise<Acceptance> {
  const from = join(docs, name);
  const prefix = "/courses/documentation";
  const www = await mkdtemp(join(tmpdir(), "ocw-engine-docs-"));
  const all = globSync("**/*", { cwd: from }).filter((path) => statSync(join(from, path)).isFile());
  const isPage = (path: string) => path.endsWith(".html");
  const pages = choose(all.filter(isPage), countMax, name);
  for (const path of [...pages, ...all.filter((path) => !isPage(path))]) {
    mkdirSync(dirname(join(www, prefix, path)), { recursive: true });
    copyFileSync(join(from, path), join(www, prefix, path));
  }
  const site = await startStaticSite(www, prefix, join(www, "server"));
  // Scripts that only scripts name are found by no crawl: a sitemap declares them.
  const declared = [...pages, ...all.filter((path) => path.endsWith(".js"))];
  const urls = declared.map((path) => `${site.origin}${prefix}/${encodeURI(path)}`);
  writeFileSync(join(www, "sitemap.xml"), sitemapOf(urls));
  const { create, hosts } = httpSource.prepare({
    ...{ url: site.origin, allowPrivate: true, sitemaps: ["/sitemap.xml"] },
    modules: [{ prefix, kind: "course", title: name }],
  });
  const source = create({ name, egress: egressPolicy(hosts), clock: hastyClock(), log: keptLog() });
  try {
    return await acceptSource(source, "https://ocw.example.edu", browser);
  } finally {
    await source.close();
    await site.stop();
    await rm(www, { recursive: true });
  }
}

/** As many of them that stand together, always the same ones. */
function choose(all: readonly string[], countMax: number, seed: string): string[] {
  const start = seededRandom(seed).between(0, Math.max(0, all.length - countMax));
  return all.toSorted().slice(start, start + countMax);
}

describe("every page of a mirror works from a folder offline, and from a folder of a server", () => {
  it("of the demo's courses", async () => {
    const { faults, pages, added, kept } = await acceptContent(demoContent());
    expect(faults).toEqual([]);
    expect(added).toBeGreaterThanOrEqual(3);
    expect(pages).toBeGreaterThan(15);
    expect(kept.links).toBeGreaterThan(200);
    expect(kept.fragments).toBeGreaterThan(0);
  });
});

describe.skipIf(!hasExport)("of a real export, of which there is none here if skipped", () => {
  it("every page of both courses works so, too", async () => {
    const { faults, pages, kept } = await acceptContent(await readPloneExport(exportFolder));
    expect(faults).toEqual([]);
    expect(pages).toBeGreaterThan(50);
    expect(kept.links).toBeGreaterThan(1_000);
  }, 180_000);
});

describe.each(packages)("of %s, which is not installed here if skipped", (name, some, many) => {
  const isThere = existsSync(join(docs, name));
  if (some > 0) it.skipIf(!isThere)("some pages work so, too", () => acceptPages(some), 300_000);
  it.skipIf(!isThere)("many pages work so, too (long)", () => acceptPages(many), 1_800_000);

  async function acceptPages(count: number): Promise<void> {
    const { faults, pages, kept } = await acceptDocumentation(name, count);
    expect(faults).toEqual([]);
    expect(pages).toBe(count);
    expect(kept.links).toBeGreaterThan(count);
    if (name.startsWith("postgresql") && count === many) expect(kept.fragments).toBe(postgresqlFragments);
  }
});
