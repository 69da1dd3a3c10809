import { isPage } from "../model/entry.ts";
import type { Fetched } from "../ports/source.ts";
import type { Target } from "../ports/store/snapshot-store.ts";

// Extensions of what is never a web page, whatever answers in its place.
const fileNames = new Set(
  (
    "pdf zip gz tgz tar jpg jpeg png gif webp ico mp3 mp4 m4a m4v webm wmv doc docx xls xlsx ppt pptx " +
    "jar class exe css js woff woff2 ttf"
  ).split(" "),
);
const binary = /^(?:image\/(?!svg)|audio\/|video\/|font\/|application\/(?:pdf|zip|gzip))/;
const markup = /^\s*(?:\uFEFF|ï»¿)?\s*<(?:!doctype\s+html|html[\s>])/i;

/** Why an answer is not what its name or type says, if it is not: a login or error page in its place. */
export function whyWrongType(
  { url, form }: Pick<Target, "url" | "form">,
  { mediaType }: Pick<Fetched, "mediaType">,
  start: Uint8Array,
): string | undefined {
  const [, extension = ""] = /\.(\w+)(?:\?|$)/.exec(url) ?? [];
  if (fileNames.has(extension.toLowerCase()) && form !== "page" && isPage(mediaType))
    return `a web page was sent in place of a .${extension} file: is it a login or error page?`;
  if (!binary.test(mediaType)) return undefined;
  const text = Buffer.from(start.buffer, start.byteOffset, Math.min(start.byteLength, 200)).toString(
    "latin1",
  );
  return markup.test(text) ? `a web page was sent as ${mediaType}: is it a login or error page?` : undefined;
}
