import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { digestOf } from "../../engine/model/digest.ts";

/** A file of the dashboard, in memory. */
export interface Asset {
  readonly bytes: Buffer;
  readonly mediaType: string;
  readonly etag: string;
}

const pageName = "dashboard.html";
const names = [
  "dashboard.css",
  "dashboard.js",
  "api.js",
  "checks-view.js",
  "elements.js",
  "flow-chart.js",
  "follow.js",
  "format.js",
  "icon.svg",
  "module-view.js",
  "overview.js",
  "plan-tree.js",
  "run-actions.js",
  "run-verdict.js",
  "run-view.js",
  "sign-in.js",
];
const mediaTypes: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Reads the dashboard's files, by the path they are served at. Nothing else is ever served from the disk. */
export async function readAssets(): Promise<ReadonlyMap<string, Asset>> {
  const served = [["/", pageName] as const, ...names.map((name) => [`/assets/${name}`, name] as const)];
  return new Map(
    await Promise.all(served.map(async ([path, name]) => [path, await readAsset(name)] as const)),
  );
}

async function readAsset(name: string): Promise<Asset> {
  const bytes = await readFile(join(import.meta.dirname, "assets", name));
  const mediaType = mediaTypes[extname(name)] ?? "application/octet-stream";
  return { bytes, mediaType, etag: `"${digestOf(bytes).slice(0, 32)}"` };
}
