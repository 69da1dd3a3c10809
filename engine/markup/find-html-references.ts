import { decodeCharacterReferences, placeAttributeValue } from "./character-references.ts";
import { findReferencesInCssPart } from "./find-css-references.ts";
import { isRequisiteRelation, isSrcset, kindOf, wantedAttributes } from "./html-vocabulary.ts";
import { parseRefresh } from "./parse-refresh.ts";
import { parseSrcset } from "./parse-srcset.ts";
import type { Quote, Quoting, ReadOptions, Reference, ReferenceKind } from "./reference.ts";
import { type Attribute, scanTags, type Tag } from "./scan-tags.ts";
import { openSourceText, type SourceText } from "./source-text.ts";
import { trimSpan, trimUrl } from "./span.ts";

/** A base element that has an href. */
export interface BaseTag {
  readonly url: string;
  /** Byte offset of its `<`. */
  readonly start: number;
  /**
   * Byte offset behind it, and behind the `</base>` or Plone's conditional `</base>` that follows
   * immediately.
   */
  readonly end: number;
}

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

/** What Plone writes behind its base tag, since old browsers took all that follows for its content. */
const baseEnd = /<!--\[if lt IE \d\]><\/base><!\[endif\]-->|<\/base[ \t\n\f\r]*>/iy;

/** Shared by all references, since most are such. */
const attributeQuoting: Record<Quote, Quoting> = {
  '"': { attribute: '"' },
  "'": { attribute: "'" },
  "": { attribute: "" },
};

/** What finding keeps in hand while it runs over one page. */
interface Page {
  readonly source: SourceText;
  readonly references: Reference[];
  readonly bases: BaseTag[];
}

/**
 * Every URL that the elements, style attributes and style elements of a page refer to, inline SVG included;
 * comments (conditional ones too) and scripts are left alone. URLs are as written, not resolved, so also
 * empty ones, fragments and `data:`. It never throws, whatever the markup, and takes time linear in the
 * size, whose limit is the caller's.
 */
export function findHtmlReferences(page: Uint8Array, options: ReadOptions = {}): HtmlReferences {
  const source = openSourceText(page, options.encoding);
  const references: Reference[] = [];
  const bases: BaseTag[] = [];
  const found: Page = { source, references, bases };
  let title: string | undefined;
  scanTags(source.text, wantedAttributes, {
    tag: (tag) => readTag(found, tag),
    style: (start, end) => {
      findReferencesInCssPart(source, { start, end, element: "style" }, (found) => references.push(found));
    },
    title: (start, end) => {
      title ??= decodeCharacterReferences(source.read(start, end), "text").replace(/\s+/g, " ").trim();
    },
  });
  const [base, ...idleBases] = bases;
  return {
    references,
    idleBases,
    ...(base === undefined ? {} : { base }),
    ...(title === undefined ? {} : { title }),
  };
}

function readTag(page: Page, tag: Tag): void {
  for (const attribute of tag.attributes) {
    if (attribute.name === "style") readStyle(page, tag, attribute);
    else if (attribute.name === "content") readRefresh(page, tag, attribute);
    else {
      const kind = kindWithin(page.source, tag, attribute);
      if (kind === undefined) continue;
      if (isSrcset(attribute.name)) readSrcset(page, tag, attribute, kind);
      else readAttribute(page, tag, attribute, kind);
    }
  }
}

/** The kind by the table, refined by the neighbouring attributes that decide what links and inputs are. */
function kindWithin(source: SourceText, tag: Tag, attribute: Attribute): ReferenceKind | undefined {
  const kind = kindOf(tag.realm, tag.name, attribute.name);
  if (kind === undefined || tag.realm !== "html") return kind;
  if (tag.name === "link" && attribute.name === "href")
    return isRequisiteRelation(readValue(source, tag, "rel")) ? "requisite" : kind;
  if (tag.name === "input" && attribute.name === "src")
    return readValue(source, tag, "type").toLowerCase() === "image" ? kind : undefined;
  return kind;
}

function readAttribute(page: Page, tag: Tag, attribute: Attribute, kind: ReferenceKind): void {
  const { text } = page.source;
  const { start, end } = trimSpan(text, attribute);
  const url = decode(page.source, start, end);
  const quoting = attributeQuoting[attribute.quote];
  const element = tag.name;
  page.references.push({
    start,
    end,
    url,
    kind,
    element,
    attribute: attribute.name,
    syntax: "attribute",
    quoting,
  });
  if (kind === "base") page.bases.push({ url, start: tag.start, end: endOfBase(text, tag.end) });
}

function endOfBase(text: string, tagEnd: number): number {
  baseEnd.lastIndex = tagEnd;
  return baseEnd.test(text) ? baseEnd.lastIndex : tagEnd;
}

function readSrcset(page: Page, tag: Tag, attribute: Attribute, kind: ReferenceKind): void {
  const placed = placeAttributeValue(page.source.text, attribute.start, attribute.end);
  for (const span of parseSrcset(placed.text)) {
    const start = placed.placeOf(span.start);
    const end = placed.placeOf(span.end);
    page.references.push({
      start,
      end,
      url: decode(page.source, start, end),
      kind,
      element: tag.name,
      attribute: attribute.name,
      syntax: "srcset",
      quoting: attributeQuoting[attribute.quote],
    });
  }
}

function readRefresh(page: Page, tag: Tag, attribute: Attribute): void {
  if (tag.name !== "meta" || tag.realm !== "html") return;
  if (readValue(page.source, tag, "http-equiv").toLowerCase() !== "refresh") return;
  const placed = placeAttributeValue(page.source.text, attribute.start, attribute.end);
  const span = parseRefresh(placed.text);
  if (span === undefined) return;
  const start = placed.placeOf(span.start);
  const end = placed.placeOf(span.end);
  page.references.push({
    start,
    end,
    url: decode(page.source, start, end),
    kind: "link",
    element: tag.name,
    attribute: attribute.name,
    syntax: "refresh",
    quoting: { attribute: attribute.quote, inner: span.quote },
  });
}

function readStyle(page: Page, tag: Tag, attribute: Attribute): void {
  const written = page.source.text.slice(attribute.start, attribute.end);
  // Declarations hold URLs only within functions, so most style attributes need no look at their tokens.
  if (!written.includes("(") && !written.includes("&")) return;
  const part = {
    start: attribute.start,
    end: attribute.end,
    element: tag.name,
    attributeQuote: attribute.quote,
  };
  findReferencesInCssPart(page.source, part, (found) => page.references.push(found));
}

function readValue(source: SourceText, tag: Tag, name: string): string {
  const attribute = tag.attributes.find((candidate) => candidate.name === name);
  return attribute === undefined ? "" : decode(source, attribute.start, attribute.end);
}

function decode(source: SourceText, start: number, end: number): string {
  return trimUrl(decodeCharacterReferences(source.read(start, end), "attribute"));
}
