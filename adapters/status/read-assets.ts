import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { digestOf } from "../../engine/model/digest.ts";

/** A file of the dashboard, in memory; its extension (".js") tells its media type. */
export interface Asset {
  readonly path: string;
  readonly bytes: Buffer;
  readonly extension: string;
  readonly etag: string;
}

const folder = join(import.meta.dirname, "assets");

/** Reads the dashboard's files, with the paths they are served at; nothing else is served from the disk. */
export async function readAssets(): Promise<readonly Asset[]> {
  return Promise.all((await readdir(folder)).map(readAsset));
}

async function readAsset(name: string): Promise<Asset> {
  const bytes = await readFile(join(folder, name));
  const path = name === "dashboard.html" ? "/" : `/assets/${name}`;
  return { path, bytes, extension: extname(name), etag: `"${digestOf(bytes).slice(0, 32)}"` };
}
