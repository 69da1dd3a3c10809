import type { IncomingHttpHeaders } from "node:http";

/**
 * Says whether a conditional GET is to be answered 304, by RFC 9110 section 13.2.2: If-None-Match decides
 * when it is there, else If-Modified-Since.
 */
export function isNotModified(
  request: IncomingHttpHeaders,
  held: { etag?: string | undefined; lastModified?: string | undefined },
): boolean {
  const wanted = request["if-none-match"];
  if (wanted !== undefined) {
    const weak = (tag: string) => tag.trim().replace(/^W\//, "");
    const { etag } = held;
    return (
      wanted.trim() === "*" ||
      (etag !== undefined && wanted.split(",").some((tag) => weak(tag) === weak(etag)))
    );
  }
  const since = Date.parse(request["if-modified-since"] ?? "");
  const modified = Date.parse(held.lastModified ?? "");
  return modified <= since;
}
