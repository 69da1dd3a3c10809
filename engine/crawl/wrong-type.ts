import { isPage } from "../model/entry.ts";
import type { Fetched } from "../ports/source.ts";
import type { Target } from "../ports/store/snapshot-store.ts";

// Extensions of what is never a web page, whatever answers in its place.
const fileName =
  /\.(?:pdf|zip|gz|tgz|tar|jpe?g|png|gif|webp|ico|mp[34]|m4[av]|webm|wmv|docx?|xlsx?|pptx?|jar|class|exe|css|js|woff2?|ttf)$/i;
const binary = /^(?:image\/(?!svg)|audio\/|video\/|font\/|application\/(?:pdf|zip|gzip))/;
const markup = /^\s*(?:\uFEFF|ï»¿)?\s*<(?:!doctype\s+html|html[\s>])/i;

/** Why an answer is not what its name or type says, if it is not: a login or error page in its place. */
export function whyWrongType(
  { url, form }: Pick<Target, "url" | "form">,
  { mediaType }: Pick<Fetched, "mediaType">,
  start: Uint8Array,
): string | undefined {
  const name = fileName.exec(url.split("?")[0] ?? url)?.[0];
  if (name !== undefined && form !== "page" && isPage(mediaType))
    return `a web page was sent in place of a ${name} file: is it a login or error page?`;
  if (!binary.test(mediaType)) return undefined;
  const text = Buffer.from(start.buffer, start.byteOffset, Math.min(start.byteLength, 200)).toString(
    "latin1",
  );
  return markup.test(text) ? `a web page was sent as ${mediaType}: is it a login or error page?` : undefined;
}
