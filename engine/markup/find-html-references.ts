import { decodeCharacterReferences } from "./character-references.ts";
import { findReferencesInCssPart } from "./find-css-references.ts";
import { kindInXml, kindOf, linkTexts, vocabulary } from "./html-vocabulary.ts";
import { type BaseTag, type Page, readTag, tellReference } from "./read-tag.ts";
import type { Language, Quote, ReadOptions, Reference } from "./reference.ts";
import { scanTags } from "./scan-tags.ts";
import { openSourceText, placeInBytes, type SourceText } from "./source-text.ts";
import { type Span, trimSpan, trimUrl } from "./span.ts";

/** The languages of tags. */
type Markup = Exclude<Language, "css">;

/** All that a page says about URLs, with places in its original bytes. */
export interface HtmlReferences {
  /** In the order of the page, never overlapping. Those of kind `base` lie within the base tags. */
  readonly references: readonly Reference[];
  /** The base that counts: the first. */
  readonly base?: BaseTag;
  /** Further bases: without effect, until somebody removes only the first. */
  readonly idleBases: readonly BaseTag[];
  /** The text of the first title element, with its runs of space made one. */
  readonly title?: string;
}

/**
 * Every URL that the elements, style attributes and style elements of a page refer to, inline SVG included;
 * comments (conditional ones too) and scripts are left alone, but for handlers and `javascript:` links that
 * plainly navigate. URLs are as written, not resolved, so also
 * empty ones, fragments and `data:`. It never throws, whatever the markup, and takes time linear in the
 * size, whose limit is the caller's.
 */
export function findHtmlReferences(page: Uint8Array, options: ReadOptions = {}): HtmlReferences {
  return findMarkupReferences(openSourceText(page, options.encoding), "html");
}

/**
 * The same for XML: SVG, feeds of RSS and Atom, sitemaps, and whatever says `href`, `xlink:href` or `src`. It
 * has neither title nor base; `xml:base` is passed over, as browsers do.
 */
export function findXmlReferences(document: Uint8Array, options: ReadOptions = {}): Reference[] {
  return [...findMarkupReferences(openSourceText(document, options.encoding), "xml").references];
}

/** The same for a page of either that is open already. */
export function findMarkupReferences(source: SourceText, language: Markup): HtmlReferences {
  const references: Reference[] = [];
  const { bases, title } = readMarkup(source, language, (reference) => references.push(reference));
  const [base, ...idleBases] = placeInBytes(source, bases);
  return {
    references: placeInBytes(source, references),
    idleBases,
    ...(base === undefined ? {} : { base }),
    ...(title === undefined ? {} : { title }),
  };
}

/** Tells every reference of a page of HTML or XML with its place in the text; gives its bases and title. */
export function readMarkup(
  source: SourceText,
  language: Markup,
  found: Page["found"],
): { readonly bases: BaseTag[]; readonly title?: string } {
  const bases: BaseTag[] = [];
  const page: Page = { source, bases, found, menuEnd: 0, kindOf: language === "xml" ? kindInXml : kindOf };
  let title: string | undefined;
  scanTags(source, language, vocabulary, {
    tag: (tag) => readTag(page, tag),
    style: (start, end, hasReferences) => {
      const part = { start, end, element: "style" };
      const held = hasReferences ? ({ ...part, attributeQuote: "<" } as const) : part;
      findReferencesInCssPart(source, held, found);
    },
    title: (start, end) => {
      title ??= decodeCharacterReferences(source.read(start, end), "text").replace(/\s+/g, " ").trim();
    },
    text: (name, start, end, isCdata) => readText(page, name, { start, end }, isCdata),
    instruction: (start, end) => readInstruction(page, start, end),
  });
  return title === undefined ? { bases } : { bases, title };
}

function readText(page: Page, name: string, place: Span, isCdata: boolean): void {
  if (!linkTexts.has(name)) return;
  const { start, end } = trimSpan(page.source.text, place);
  const read = page.source.read(start, end);
  const url = isCdata ? read : decodeCharacterReferences(read, "text");
  // In other vocabularies than those of feeds and sitemaps these elements hold words.
  if (!url.includes("/") || /[ \t\n\r]/.test(url)) return;
  page.found({
    start,
    end,
    url: trimUrl(url),
    kind: "link",
    element: name,
    attribute: "",
    syntax: isCdata ? "cdata" : "text",
    quoting: isCdata ? {} : { attribute: "<" },
  });
}

/** The style sheet of XML (Associating Style Sheets with XML documents 1.0). */
const styleInstruction = /^xml-stylesheet[ \t\n\r][\s\S]*?\bhref[ \t\n\r]*=[ \t\n\r]*(?:"[^"]*"|'[^']*')/;

function readInstruction(page: Page, from: number, to: number): void {
  const match = styleInstruction.exec(page.source.text.slice(from, to))?.[0];
  if (match === undefined) return;
  const quote: Quote = match.endsWith('"') ? '"' : "'";
  const end = from + match.length - 1;
  const start = page.source.text.lastIndexOf(quote, end - 1) + 1;
  const tag = { name: "xml-stylesheet", realm: "html", start: from, end: to, attributes: [] } as const;
  const span = trimSpan(page.source.text, { start, end });
  tellReference(page, tag, { name: "href", quote }, { ...span, kind: "requisite", syntax: "attribute" });
}
