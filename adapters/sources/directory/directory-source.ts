import type { BigIntStats } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { parseSitePath, type SitePath, urlPathOf } from "../../../engine/model/site-path.ts";
import { type AdapterTools, defineAdapter } from "../../../engine/ports/adapter.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import type { Fetched, Source, Verdict } from "../../../engine/ports/source.ts";
import { decodeOrKeep, foldUrl } from "../../shared/site/fold-url.ts";
import { createModuleListing } from "../../shared/site/module-listing.ts";
import { type DirectoryOptions, directoryOptions } from "./directory-options.ts";
import { mediaTypeOf } from "./media-types.ts";
import { fileErrorCode, readFile, stampOf, translateFileError } from "./read-file.ts";
import { isHidden, realRootOf, walkSite } from "./walk-site.ts";

// No host has this name (RFC 2606, section 2), and no request is ever made to it.
const host = "directory.invalid";
const origin = `http://${host}`;

/**
 * A folder that holds a built site as a source. Every file of a module is declared, so that nothing need link
 * to it, and keeps its own name. A folder is answered with a redirect to its index.
 */
export const directorySource = defineAdapter<Source, DirectoryOptions>({
  type: "directory",
  options: directoryOptions,
  hosts: () => [],
  create: createDirectorySource,
});

function createDirectorySource(options: DirectoryOptions, { name }: AdapterTools): Source {
  const { root, aliases, indexName } = options;
  const hosts = [host, ...aliases];
  const site = { origin, hosts: new Set(hosts) };
  // What a link named `root` leads to may change while a module is read: all of it comes from one build.
  let realRoot: string | undefined;
  const listing = createModuleListing(options.modules, (from, context) => walkSite(root, from, context));
  return {
    name,
    origin,
    hosts,
    modules: listing.modules,
    async *seeds(module, context) {
      realRoot = await realRootOf(root);
      let count = 0;
      for await (const { path } of listing.places(module, context)) {
        count++;
        yield { url: origin + urlPathOf(path), form: "file" };
      }
      // A build that failed half-way must not look like a module whose every page was deleted.
      if (count === 0) throw new PublishError("not-found", `there is no file in ${module.id} of ${root}`);
    },
    async fetch({ url, validators }, context) {
      realRoot ??= await realRootOf(root);
      return fetchFile(new URL(url), validators?.etag, { ...options, root: realRoot }, context);
    },
    judge: judgeFile,
    canonical(url) {
      const folded = foldUrl(url, site);
      if (folded.origin !== origin) return folded;
      if (folded.pathname.endsWith("/")) folded.pathname += urlPathOf(indexName);
      // No file depends on a query.
      folded.search = "";
      return isHidden(decodeOrKeep(folded.pathname)) ? undefined : folded;
    },
    probe: (context) =>
      listing.probe(
        `${name} (directory ${root})`,
        "check the option root, and that the account of the engine may read all that is in it",
        context,
      ),
    async close() {},
  };
}

async function fetchFile(
  url: URL,
  etag: string | undefined,
  options: DirectoryOptions,
  { signal }: CallContext,
): Promise<Fetched> {
  if (signal.aborted) throw new PublishError("cancelled", "reading the folder was cancelled");
  if (url.origin !== origin) throw new PublishError("refused", `${url.origin} is not the folder`);
  const path = parseSitePath(decodeOrKeep(url.pathname));
  const found = await findFile(options.root, path);
  if (found === undefined) return answer(url, 404);
  const { file, stats } = found;
  if (stats.isDirectory())
    return { ...answer(url, 301), location: `${url.href}/${urlPathOf(options.indexName)}` };
  if (!stats.isFile()) throw new PublishError("refused", `${path} is not a regular file`);
  const mediaType = mediaTypeOf(path, options.mediaTypes);
  // With the type, since the options may give it another one.
  const validators = { etag: `"${stampOf(stats)} ${mediaType}"` };
  if (etag === validators.etag) return { ...answer(url, 304), validators };
  return {
    ...answer(url, 200),
    headers: { "content-length": String(stats.size) },
    mediaType,
    validators,
    body: readFile(file, stats, path),
  };
}

/**
 * The file at a path of a root without symbolic links, undefined if there is none. Throws `refused` for a
 * hidden one and for links.
 */
async function findFile(
  root: string,
  path: SitePath,
): Promise<{ readonly file: string; readonly stats: BigIntStats } | undefined> {
  try {
    const file = await realpath(join(root, path));
    if (isHidden(path) || file !== join(root, path))
      throw new PublishError("refused", `${path} is hidden, or a symbolic link: it is not published`);
    return { file, stats: await stat(file, { bigint: true }) };
  } catch (thrown) {
    if (["ENOENT", "ENOTDIR"].includes(fileErrorCode(thrown))) return undefined;
    throw translateFileError(thrown, path);
  }
}

function answer(url: URL, status: number): Fetched {
  return { url: url.href, status, headers: {}, mediaType: "application/octet-stream", body: nothing() };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function judgeFile({ status, headers, location }: Omit<Fetched, "body">): Verdict {
  if (status === 304) return { kind: "unchanged" };
  if (status === 404) return { kind: "gone" };
  if (location !== undefined) return { kind: "redirect", location };
  // By its head: a file that breaks in its first bytes is to be reported as what it is.
  if (headers["content-length"] === "0")
    return { kind: "error-page", reason: "the file is empty", retryable: false };
  return { kind: "content" };
}
