import { encodeAttribute } from "../../markup/encode-reference.ts";
import { declaredEncoding } from "../../markup/encoding-of.ts";
import { isCanonicalRelation } from "../../markup/html-vocabulary.ts";
import { placeInBytes, type SourceText } from "../../markup/source-text.ts";
import type { Span } from "../../markup/span.ts";
import { libraryFolder } from "../../model/library-paths.ts";
import { parseSitePath } from "../../model/site-path.ts";
import type { Amendment } from "../edition.ts";
import { relativeUrl } from "../mirror-edition.ts";
import { scanMarkup } from "../scan-markup.ts";
import { findHead } from "./find-head.ts";

const styleSheet = parseSitePath(`${libraryFolder}/style.css`);

/** As many characters at the start of a page may tell its encoding. */
const tellingCharacters = 1024;

/**
 * Gives every page what a copy needs in its head: that search engines are to pass it over, where it is at
 * home on the live site, the style sheet of the copy, and its encoding, where only a server told it.
 */
export function amendHead(publicUrl: string): Amendment {
  return {
    options: publicUrl,
    async amend({ source, document, encoding }) {
      const { text } = source;
      const head = findHead(source);
      if (head === undefined || text.trim() === "") return [];
      const { isHidden, others, isAtHome } = readHead(source, head);
      const { pathname, search } = new URL(document.sourceUrl);
      const added = [
        isHidden ? "" : '<meta name="robots" content="noindex"/>',
        isAtHome ? "" : `<link rel="canonical" href="${encodeAttribute(publicUrl + pathname + search)}"/>`,
        `<link rel="stylesheet" href="${encodeAttribute(relativeUrl(document.path, styleSheet))}"/>`,
      ].join("");
      const beginning = text.slice(0, head) + added + text.slice(head, head + tellingCharacters);
      // A page of two bytes a character cannot tell it so.
      const isTold = source.unitBytes === 2 || declaredEncoding(beginning) === encoding;
      const replacement = isTold ? added : `<meta charset="${encoding}"/>${added}`;
      const edits = [{ start: head, end: head, replacement }];
      if (!isHidden) edits.push(...others.map((tag) => ({ ...tag, replacement: "" })));
      return placeInBytes(source, edits);
    },
  };
}

// The `i` flag would make them slow.
const headEnds = /<(?:\/[hH][eE][aA][dD]|[bB][oO][dD][yY]|[fF][rR][aA][mM][eE][sS][eE][tT])[ \t\n\f\r/>]/g;
const telling = /["'=\s](?:[rR][oO][bB][oO][tT][sS]|[cC][aA][nN][oO][nN][iI][cC][aA][lL])/;
const tagNames = new Set(["meta", "link", "/head", "body", "frameset"]);

/** No author writes a longer head. */
const headCharactersMax = 65_536;

/** What of this a page says itself. */
interface HeadContent {
  /** Whether it keeps search engines away. */
  readonly isHidden: boolean;
  /** The tags that tell search engines something else. */
  readonly others: readonly Span[];
  /** Whether it says where it is at home. */
  readonly isAtHome: boolean;
}

function readHead(source: SourceText, from: number): HeadContent {
  const others: Span[] = [];
  let isHidden = false;
  let isAtHome = false;
  headEnds.lastIndex = from;
  const headEnd = Math.min(headEnds.exec(source.text)?.index ?? Infinity, from + headCharactersMax);
  const tags = telling.test(source.text.slice(from, headEnd)) ? scanMarkup(source, tagNames, from) : [];
  for (const { name, start, end, value } of tags) {
    if ((name !== "meta" && name !== "link") || start >= headEnd) break;
    if (name === "link" && value("href") !== "") isAtHome ||= isCanonicalRelation(value("rel"));
    if (name === "link" || value("name").toLowerCase() !== "robots") continue;
    if (/\b(?:noindex|none)\b/i.test(value("content"))) isHidden = true;
    else others.push({ start, end });
  }
  return { isHidden, others, isAtHome };
}
