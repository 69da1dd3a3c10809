import type { CmsObject } from "../content/cms-content.ts";
import type { Answer } from "./answer.ts";
import { fileBytes } from "./file-answer.ts";

const typesByExtension: ReadonlyMap<string, string> = new Map([
  ["css", "text/css"],
  ["gif", "image/gif"],
  ["htm", "text/html"],
  ["html", "text/html"],
  ["jpg", "image/jpeg"],
  ["js", "application/x-javascript"],
  ["pdf", "application/pdf"],
  ["png", "image/png"],
  ["txt", "text/plain"],
  ["xml", "text/xml"],
  ["zip", "application/zip"],
]);

/**
 * Answers HEAD as Zope's webdav Resource does: it looks at the address, not at what GET would answer. The
 * type comes from the last segment's extension, the length only from objects that know their size.
 */
export const headAnswer = (object: CmsObject, asked: string, baseUrl: string): Answer => {
  const extension = /\.(\w+)$/.exec(asked)?.[1]?.toLowerCase() ?? "";
  return {
    status: 200,
    headers: {
      "Content-Type": typesByExtension.get(extension) ?? "application/octet-stream",
      "Last-Modified": object.modifiedAt.toUTCString(),
      ...(object.kind === "file" ? { "Content-Length": String(fileBytes(object, baseUrl).length) } : {}),
    },
    body: new Uint8Array(),
  };
};
