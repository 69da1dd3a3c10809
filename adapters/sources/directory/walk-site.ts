import type { Stats } from "node:fs";
import { realpath } from "node:fs/promises";
import fastGlob from "fast-glob";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import type { Located } from "../../shared/site/module-listing.ts";
import { fileErrorCode, translateFileError } from "./read-file.ts";

/** The root without symbolic links. Throws `unavailable` when it is not there. */
export async function realRootOf(root: string): Promise<string> {
  try {
    return await realpath(root);
  } catch (cause) {
    const why = `the folder ${root} is not there (${fileErrorCode(cause)}): is the site built and mounted?`;
    throw new PublishError("unavailable", why, { cause });
  }
}

/** True for a path with a part that begins with a dot. */
export function isHidden(path: string): boolean {
  return /(?:^|\/)\./.test(path);
}

/**
 * Every file at or below a path of the site, "" for the root. Hidden files, special files and symbolic links
 * are left out with one warning.
 */
export async function* walkSite(root: string, from: string, context: CallContext): AsyncGenerator<Located> {
  const cwd = await realRootOf(root);
  const base = from === "" ? "" : fastGlob.escapePath(from.slice(1));
  const options = { cwd, dot: true, followSymbolicLinks: false, onlyFiles: false, stats: true };
  const entries: AsyncIterable<unknown> = fastGlob.stream(base === "" ? "**" : [base, `${base}/**`], options);
  const leftOut: string[] = [];
  try {
    for await (const each of entries) {
      if (context.signal.aborted) throw new PublishError("cancelled", "reading the folder was cancelled");
      const { path, stats } = each as fastGlob.Entry & { readonly stats: Stats };
      if (stats.isDirectory()) continue;
      // Every change sets the ctime; tools that copy trees set the mtime back.
      if (stats.isFile() && !isHidden(path)) yield { path: `/${path}`, changedMs: Math.trunc(stats.ctimeMs) };
      else leftOut.push(path);
    }
  } catch (thrown) {
    throw translateFileError(thrown, from === "" ? root : from);
  }
  const [count, first] = [leftOut.length, leftOut.slice(0, 10)];
  if (count > 0) context.log.warn("hidden files, special files and links are left out", { count, first });
}
