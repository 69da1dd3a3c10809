import { PublishError } from "../errors/publish-error.ts";
import { findCssReferences } from "./find-css-references.ts";
import { findHtmlReferences, type HtmlReferences } from "./find-html-references.ts";
import type { Encoding } from "./reference.ts";

/**
 * Every reference of a document of either language, read in its declared charset (of the Content-Type header;
 * utf-8 without one). Throws `corrupt` for a charset in which URLs could not be found.
 */
export function findReferences(
  bytes: Uint8Array,
  language: "html" | "css",
  charset: string | undefined,
): HtmlReferences {
  const encoding = encodingOf(charset);
  if (language === "html") return findHtmlReferences(bytes, { encoding });
  return { references: findCssReferences(bytes, { encoding }), idleBases: [] };
}

function encodingOf(charset: string | undefined): Encoding {
  if (charset === undefined || /^(?:utf-?8|us-ascii)$/.test(charset)) return "utf-8";
  if (/^(?:utf-?(?:7|16|32)|ucs|iso-10646|iso-2022|hz)/.test(charset))
    throw new PublishError("corrupt", `its charset ${JSON.stringify(charset.slice(0, 40))} cannot be read`);
  // All others write markup and URLs in the bytes of ASCII, which is what is looked for here.
  return "windows-1252";
}
