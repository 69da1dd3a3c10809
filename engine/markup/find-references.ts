import { encodingOf } from "./encoding-of.ts";
import { findCssReferences } from "./find-css-references.ts";
import { findHtmlReferences, findXmlReferences, type HtmlReferences } from "./find-html-references.ts";
import type { Encoding, Language } from "./reference.ts";

const languages = new Map<string, Language>([
  ["text/html", "html"],
  ["application/xhtml+xml", "html"],
  ["text/css", "css"],
  ["image/svg+xml", "xml"],
  ["application/xml", "xml"],
  ["text/xml", "xml"],
  ["application/rss+xml", "xml"],
  ["application/atom+xml", "xml"],
]);

/** The language of the media types that are read for references; undefined for all others. */
export function languageOf(mediaType: string): Language | undefined {
  return languages.get(mediaType);
}

/**
 * Every reference of a document, with the encoding in which it was read and edits must be written.
 * `charset` is that of its Content-Type header, if it has one. Throws `corrupt` for an encoding in which URLs
 * could not be found.
 */
export function findReferences(
  bytes: Uint8Array,
  language: Language,
  charset: string | undefined,
): HtmlReferences & { readonly encoding: Encoding } {
  const encoding = encodingOf(bytes, charset, language);
  if (language === "html") return { ...findHtmlReferences(bytes, { encoding }), encoding };
  const find = language === "css" ? findCssReferences : findXmlReferences;
  return { references: find(bytes, { encoding }), idleBases: [], encoding };
}
