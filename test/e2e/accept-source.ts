import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Source } from "../../engine/ports/source.ts";
import { startWebHost } from "../world/hosts/web-host.ts";
import type { Browser } from "./chromium.ts";
import { flattenSite } from "./flatten-site.ts";
import { type Acceptance, acceptMirror, type MirrorTree } from "./mirror-acceptance.ts";

/**
 * Opens every page of the mirror of a source: from a folder with the network cut, and from a folder of a web
 * server. Gives what both found; `inspect` looks at the tree itself.
 */
export async function acceptSource(
  source: Source,
  publicUrl: string,
  browser: Browser,
  inspect: (tree: MirrorTree) => Promise<void> = async () => undefined,
): Promise<Acceptance> {
  const folder = await mkdtemp(join(tmpdir(), "ocw-engine-acceptance-"));
  // Where people put things.
  const root = join(folder, "Kurse für alle", "100% 日本 #1", "my mirror");
  await mkdir(root, { recursive: true });
  const site = await flattenSite(source, root, publicUrl);
  try {
    await inspect(site);
    const base = `${pathToFileURL(root).href}/`;
    const byFile = await acceptMirror(site, { browser, base, isServed: false });
    const served = await acceptServed(site, browser, folder);
    return { ...byFile, faults: [...byFile.faults, ...served.faults] };
  } finally {
    await site.close();
    await rm(folder, { recursive: true });
  }
}

async function acceptServed(site: MirrorTree, browser: Browser, folder: string): Promise<Acceptance> {
  const www = join(folder, "www");
  await mkdir(join(www, "archive"), { recursive: true });
  await symlink(site.root, join(www, "archive/ocw"));
  const web = await startWebHost({ dir: join(folder, "web"), root: www, kind: "mirror" });
  try {
    return await acceptMirror(site, { browser, base: `${web.url}/archive/ocw/`, isServed: true });
  } finally {
    await web.stop();
  }
}
