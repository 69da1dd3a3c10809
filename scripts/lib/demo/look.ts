import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** One file as somebody sees it who trusts nobody: found by walking, digested by reading. */
export interface SeenFile {
  readonly digest: string;
  readonly size: number;
}

/** What an edge or origin answered. */
export interface SeenAnswer extends SeenFile {
  readonly status: number;
  readonly text: string;
  /** "TCP_HIT", "TCP_MISS" … */
  readonly cache: string;
}

/** Every file below a folder, by path; folders that begin with a dot are left out. */
export async function walk(root: string): Promise<Map<string, SeenFile>> {
  const files = new Map<string, SeenFile>();
  for (const entry of await readdir(root, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name).slice(root.length);
    if (!entry.isFile() || path.includes("/.")) continue;
    files.set(path, seen(await readFile(join(root, path))));
  }
  return files;
}

/** One GET, redirects followed as a browser would. */
export async function look(url: string): Promise<SeenAnswer> {
  const response = await fetch(url);
  const bytes = Buffer.from(await response.arrayBuffer());
  const cache = (response.headers.get("x-cache") ?? "").split(" ")[0] ?? "";
  return { ...seen(bytes), status: response.status, text: bytes.toString("latin1"), cache };
}

/**
 * Every relative URL in href and src attributes of a page that leads to no file, and every root-relative one.
 */
export async function deadLinks(
  root: string,
  path: string,
  files: ReadonlyMap<string, SeenFile>,
): Promise<string[]> {
  const html = (await readFile(join(root, path))).toString("latin1");
  const dead: string[] = [];
  for (const match of html.matchAll(/\s(?:href|src)\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)) {
    const url = (match[1] ?? match[2] ?? "").trim().replaceAll("&amp;", "&");
    if (url === "" || /^(?:#|[a-z][a-z0-9+.-]*:|\/\/)/i.test(url)) continue;
    const target = decodeURIComponent(new URL(url, `http://x${encodeURI(path)}`).pathname);
    if (url.startsWith("/") || !files.has(target)) dead.push(`${path} → ${url}`);
  }
  return dead;
}

function seen(bytes: Uint8Array): SeenFile {
  return { digest: createHash("sha256").update(bytes).digest("hex"), size: bytes.length };
}
