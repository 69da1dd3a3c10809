import { findHtmlReferences } from "../../../../../engine/markup/find-html-references.ts";
import type { Encoding } from "../../../../../engine/markup/reference.ts";
import { openSourceText } from "../../../../../engine/markup/source-text.ts";
import { parseSitePath } from "../../../../../engine/model/site-path.ts";
import type { PageText } from "../../../../../engine/render/edition.ts";

/** The URL of a page as amendments read it. */
export const pageUrl = "http://cms.example/c/a/";

/** A page of an encoding of one-byte units, at /c/a. */
export function pageOf(bytes: Uint8Array, encoding: Encoding = "utf-8"): PageText {
  return {
    document: { sourceUrl: pageUrl, path: parseSitePath("/c/a/index.htm"), form: "page" },
    source: openSourceText(bytes, encoding),
    encoding,
    references: findHtmlReferences(bytes, { encoding }).references,
    resolve: (raw) => URL.parse(raw, pageUrl) ?? undefined,
  };
}
