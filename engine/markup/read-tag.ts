import { decodeCharacterReferences, placeValue } from "./character-references.ts";
import { findReferencesInCssPart } from "./find-css-references.ts";
import { findScriptLinks, isJump, readScriptString } from "./find-script-links.ts";
import {
  isCanonicalRelation,
  isDeclarations,
  isFileParameter,
  isHandler,
  isRequisiteRelation,
  isSrcset,
  isUrlProperty,
  type kindOf,
} from "./html-vocabulary.ts";
import { parseRefresh } from "./parse-refresh.ts";
import { parseSrcset } from "./parse-srcset.ts";
import type { Attribute } from "./read-attributes.ts";
import type { Quote, Quoting, Reference, ReferenceKind, ReferenceSyntax } from "./reference.ts";
import type { Tag } from "./scan-tags.ts";
import type { SourceText } from "./source-text.ts";
import { type Span, trimSpan, trimUrl } from "./span.ts";

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

/** What Plone writes behind its base tag, since old browsers took all that follows for its content. */
const baseEnd = /<!--\[if lt IE \d\]><\/base><!\[endif\]-->|<\/base[ \t\n\f\r]*>/iy;

/** Shared by all references, since most are such. */
const attributeQuoting: Record<Quote, Quoting> = {
  '"': { attribute: '"' },
  "'": { attribute: "'" },
  "": { attribute: "" },
};

/** What finding keeps in hand while it runs over one page, with places in its text. */
export interface Page {
  readonly kindOf: typeof kindOf;
  readonly source: SourceText;
  readonly bases: BaseTag[];
  /** Until where the values of options are URLs that a menu goes to. */
  menuEnd: number;
  found(reference: Reference): void;
}

/** Tells every reference in the attributes of a tag, in their order. */
export function readTag(page: Page, tag: Tag): void {
  for (const attribute of tag.attributes) {
    if (isDeclarations(tag.realm, attribute.name)) readStyle(page, tag, attribute);
    else if (isHandler(attribute.name)) readHandler(page, tag, attribute);
    else {
      const kind = kindWithin(page, tag, attribute);
      if (kind === undefined) continue;
      if (attribute.name === "content") readContent(page, tag, attribute, kind);
      else if (attribute.name === "archive" || isSrcset(attribute.name)) readList(page, tag, attribute, kind);
      else readAttribute(page, tag, attribute, kind);
    }
  }
}

/** The kind by the table, refined by the neighbouring attributes that decide what links and inputs are. */
function kindWithin(page: Page, tag: Tag, attribute: Attribute): ReferenceKind | undefined {
  const { source, kindOf } = page;
  const kind = kindOf(tag.realm, tag.name, attribute.name);
  if (kind === undefined || tag.realm !== "html") return kind;
  if (tag.name === "link" && attribute.name === "href") {
    const rel = readValue(source, tag, "rel");
    return isRequisiteRelation(rel) ? "requisite" : isCanonicalRelation(rel) ? "canonical" : kind;
  }
  if (tag.name === "option") return isTarget(page, tag, attribute) ? kind : undefined;
  if (tag.name === "input" && attribute.name === "src")
    return readValue(source, tag, "type").toLowerCase() === "image" ? kind : undefined;
  if (tag.name === "param") return isFileParameter(readValue(source, tag, "name")) ? kind : undefined;
  // The class lies in the archive, if there is one.
  if (attribute.name === "code") return readValue(source, tag, "archive") === "" ? kind : undefined;
  return attribute.name === "codebase" && isOfClass(source, tag) ? undefined : kind;
}

/**
 * The codebase of an object with a class is where a browser gets the plug-in, and nothing resolves against
 * it.
 */
function isOfClass(source: SourceText, tag: Tag): boolean {
  return tag.name === "object" && readValue(source, tag, "classid") !== "";
}

function readAttribute(page: Page, tag: Tag, attribute: Attribute, kind: ReferenceKind): void {
  const { text } = page.source;
  const { start, end } = trimSpan(text, attribute);
  if (attribute.name === "href" && isScript(text, start) && readScript(page, tag, attribute, "script-url"))
    return;
  const url = tellReference(page, tag, attribute, { start, end, kind, syntax: "attribute" });
  if (kind === "base" && tag.name === "base")
    page.bases.push({ url, start: tag.start, end: endOfBase(text, tag.end) });
}

/** Tells what stands at a place in the value of an attribute; gives its URL. */
export function tellReference(
  page: Page,
  tag: Tag,
  attribute: Pick<Attribute, "name" | "quote">,
  found: Span & Pick<Reference, "kind" | "syntax"> & { readonly quote?: Quote },
): string {
  const { start, end, kind, syntax, quote } = found;
  const written = decode(page.source, start, end);
  const url = meaningOf(written, attribute.name, syntax);
  const quoting =
    quote === undefined ? attributeQuoting[attribute.quote] : { attribute: attribute.quote, inner: quote };
  const { name: element, start: tagStart } = tag;
  const reference = { start, end, url, kind, element, attribute: attribute.name, syntax, quoting, tagStart };
  const codebase = codebaseOf(page.source, tag, attribute.name);
  page.found(codebase === "" ? reference : { ...reference, codebase });
  return url;
}

function meaningOf(written: string, attribute: string, syntax: ReferenceSyntax): string {
  if (attribute === "code") return classFileOf(written);
  return syntax.startsWith("script-") ? readScriptString(written, syntax) : written;
}

/** The file of a class of Java: `a.B`, `a.B.class` and `a/B.class` are `a/B.class`. */
function classFileOf(code: string): string {
  if (code === "" || code.includes("/")) return code;
  return `${code.replace(/\.class$/, "").replaceAll(".", "/")}.class`;
}

function codebaseOf(source: SourceText, tag: Tag, attribute: string): string {
  if (tag.name !== "applet" && tag.name !== "object") return "";
  return attribute === "codebase" || isOfClass(source, tag) ? "" : readValue(source, tag, "codebase");
}

function endOfBase(text: string, tagEnd: number): number {
  baseEnd.lastIndex = tagEnd;
  return baseEnd.test(text) ? baseEnd.lastIndex : tagEnd;
}

/** A srcset, or archives: those of an applet stand between commas, those of an object between spaces. */
function readList(page: Page, tag: Tag, attribute: Attribute, kind: ReferenceKind): void {
  const placed = placeValue(page.source.text, attribute.start, attribute.end);
  const syntax = isSrcset(attribute.name) ? "srcset" : "list";
  for (const span of syntax === "srcset" ? parseSrcset(placed.text) : parseArchives(placed.text)) {
    const place = { start: placed.placeOf(span.start), end: placed.placeOf(span.end) };
    tellReference(page, tag, attribute, { ...place, kind, syntax });
  }
}

function parseArchives(text: string): Span[] {
  const names = [...text.matchAll(/[^ \t\n\f\r,]+/g)];
  return names.map(({ 0: name, index }) => ({ start: index, end: index + name.length }));
}

function readContent(page: Page, tag: Tag, attribute: Attribute, kind: ReferenceKind): void {
  const value = (name: string) => readValue(page.source, tag, name);
  if (value("http-equiv").toLowerCase() === "refresh") readRefresh(page, tag, attribute, kind);
  else if (isUrlProperty(value("property")) || isUrlProperty(value("name")))
    readAttribute(page, tag, attribute, kind);
}

function readRefresh(page: Page, tag: Tag, attribute: Attribute, kind: ReferenceKind): void {
  const placed = placeValue(page.source.text, attribute.start, attribute.end);
  const span = parseRefresh(placed.text);
  if (span === undefined) return;
  const place = { start: placed.placeOf(span.start), end: placed.placeOf(span.end), quote: span.quote };
  tellReference(page, tag, attribute, { ...place, kind, syntax: "refresh" });
}

const script = /javascript:/iy;

function isScript(text: string, start: number): boolean {
  script.lastIndex = start;
  return script.test(text);
}

/** Tells where a script leads; false if it plainly leads nowhere. */
function readScript(
  page: Page,
  tag: Tag,
  attribute: Attribute,
  syntax: "script-string" | "script-url",
): boolean {
  const placed = placeValue(page.source.text, attribute.start, attribute.end);
  const links = findScriptLinks(placed.text);
  for (const { start, end, quote } of links) {
    const place = { start: placed.placeOf(start), end: placed.placeOf(end), quote };
    tellReference(page, tag, attribute, { ...place, kind: "link", syntax });
  }
  return links.length > 0;
}

const menuEnds = /<\/?select(?=[ \t\n\f\r/>])/gi;

function readHandler(page: Page, tag: Tag, attribute: Attribute): void {
  readScript(page, tag, attribute, "script-string");
  if (tag.name !== "select" || attribute.name !== "onchange") return;
  if (!isJump(decode(page.source, attribute.start, attribute.end))) return;
  const { text } = page.source;
  menuEnds.lastIndex = tag.end;
  page.menuEnd = menuEnds.exec(text)?.index ?? text.length;
}

/** Options that lead nowhere ("Choose a page") have values like `0` or `none`. */
function isTarget(page: Page, tag: Tag, { start, end }: Attribute): boolean {
  return tag.start < page.menuEnd && /[./]/.test(page.source.text.slice(start, end));
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
  findReferencesInCssPart(page.source, part, page.found);
}

function readValue(source: SourceText, tag: Tag, name: string): string {
  const attribute = tag.attributes.find((candidate) => candidate.name === name);
  return attribute === undefined ? "" : decode(source, attribute.start, attribute.end);
}

function decode(source: SourceText, start: number, end: number): string {
  return trimUrl(decodeCharacterReferences(source.read(start, end), "attribute"));
}
