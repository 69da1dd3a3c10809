import { createReadStream, type Stats } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { CONTENT_TYPES, DEFAULT_CONTENT_TYPE } from "./content-types.ts";
import { errorCode } from "./error-code.ts";
import { isNotModified } from "./not-modified.ts";

/** What the answerer serves and how. */
export type FileAnswererOptions = {
  root: string;
  /** Stands in front of every path and is taken off; anything else is not found. */
  prefix?: string;
  /** The file that answers for a folder; without it a folder is not found and nothing is redirected. */
  index?: string;
  /** The path of the page that a 404 carries, when it exists. */
  errorPage?: string;
  headers?: Readonly<Record<string, string>>;
};

type Found = { file: string; stats: Stats };

async function findFile(root: string, urlPath: string): Promise<Found | undefined> {
  try {
    const [realRoot, file] = await Promise.all([realpath(root), realpath(path.join(root, urlPath))]);
    if (!file.startsWith(`${realRoot}/`)) return undefined;
    const stats = await stat(file);
    return stats.isFile() ? { file, stats } : undefined;
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG"].includes(errorCode(error))) return undefined;
    throw error;
  }
}

function decodePath(rawPath: string): string | undefined {
  try {
    const decoded = decodeURIComponent(rawPath);
    if (decoded.includes("\0")) return undefined;
    // Like nginx: "." and ".." are resolved in the decoded path, and names that begin with a dot are never
    // served.
    const normal = path.posix.normalize(decoded);
    return normal.startsWith("/") && !normal.includes("/.") ? normal : undefined;
  } catch {
    return undefined;
  }
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Found & { status: number; type: string },
) {
  const etag = `"${Math.floor(answer.stats.mtimeMs / 1000).toString(16)}-${answer.stats.size.toString(16)}"`;
  const lastModified = answer.stats.mtime.toUTCString();
  response.setHeader("Last-Modified", lastModified).setHeader("ETag", etag);
  if (answer.status === 200 && isNotModified(request.headers, { etag, lastModified })) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(answer.status, { "Content-Type": answer.type, "Content-Length": answer.stats.size });
  if (request.method === "HEAD") response.end();
  else await pipeline(createReadStream(answer.file), response);
}

function typeOf(file: string): string {
  return CONTENT_TYPES[path.extname(file).slice(1).toLowerCase()] ?? DEFAULT_CONTENT_TYPE;
}

async function answer(options: FileAnswererOptions, request: IncomingMessage, response: ServerResponse) {
  const { root, prefix = "", index, errorPage } = options;
  for (const [name, value] of Object.entries(options.headers ?? {})) response.setHeader(name, value);
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405).end();
    return;
  }
  const [rawPath = "", query] = (request.url ?? "").split("?", 2);
  const urlPath = rawPath.startsWith(`${prefix}/`) ? decodePath(rawPath.slice(prefix.length)) : undefined;
  if (index !== undefined && urlPath !== undefined && /^\/[^.?]+[^/]$/.test(urlPath)) {
    const location = encodeURI(`${urlPath}/`).replaceAll("?", "%3F").replaceAll("#", "%23");
    response.writeHead(301, { Location: query === undefined ? location : `${location}?${query}` }).end();
    return;
  }
  const names =
    urlPath === undefined ? [] : [urlPath, ...(index === undefined ? [] : [`${urlPath}/${index}`])];
  for (const name of names) {
    const found = await findFile(root, name);
    if (found !== undefined) {
      await send(request, response, { ...found, status: 200, type: typeOf(found.file) });
      return;
    }
  }
  const page = errorPage === undefined ? undefined : await findFile(root, errorPage);
  if (page !== undefined) await send(request, response, { ...page, status: 404, type: typeOf(page.file) });
  else response.writeHead(404, { "Content-Type": "text/plain" }).end("404 Not Found\n");
}

/**
 * Creates a request listener that serves the files of a folder: GET and HEAD, conditional requests, no way
 * out of the root (by `..` or a symbolic link), and no name that begins with a dot.
 */
export function createFileAnswerer(options: FileAnswererOptions): RequestListener {
  return (request, response) => {
    answer(options, request, response).catch((error: unknown) =>
      response.destroy(Error("cannot answer", { cause: error })),
    );
  };
}
