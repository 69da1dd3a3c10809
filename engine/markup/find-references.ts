import { encodingOf } from "./encoding-of.ts";
import { findSheetReferences } from "./find-css-references.ts";
import { findMarkupReferences, type HtmlReferences } from "./find-html-references.ts";
import type { Encoding, Language } from "./reference.ts";
import { openSourceText, type SourceText } from "./source-text.ts";

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
): HtmlReferences & { readonly encoding: Encoding; readonly source: SourceText } {
  const encoding = encodingOf(bytes, charset, language);
  const source = openSourceText(bytes, encoding);
  if (language === "css") return { references: findSheetReferences(source), idleBases: [], encoding, source };
  return { ...findMarkupReferences(source, language), encoding, source };
}
