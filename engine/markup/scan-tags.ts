import { createForeignContent, type ForeignContent, type Realm } from "./foreign-content.ts";
import { createNameTable, type NameTable } from "./name-table.ts";
import {
  type Attribute,
  type AttributeReading,
  isSpace,
  readAttributes,
  startReadingAttributes,
} from "./read-attributes.ts";
import type { Language } from "./reference.ts";
import { behindComment, endOfRaw, placeOrEnd, rawNames } from "./skip-markup.ts";
import type { Codes, SourceText } from "./source-text.ts";

/** A start tag with those of its attributes that were asked for, in the order of the page; not to be kept. */
export interface Tag {
  readonly name: string;
  readonly realm: Realm;
  readonly start: number;
  readonly end: number;
  readonly attributes: readonly Attribute[];
}

/** What a scan tells, in the order of the page. */
export interface TagListener {
  /** A start tag that has at least one of the attributes asked for. */
  tag(tag: Tag): void;
  /**
   * The text of a style element, whole in HTML; in SVG and XML, where it may hold elements, piece by piece,
   * of which those that are no CDATA have character references.
   */
  style(start: number, end: number, hasReferences: boolean): void;
  /** The text of a title element of HTML. */
  title(start: number, end: number): void;
  /** In XML, a piece of the text of the element of this name, outside SVG. */
  text(name: string, start: number, end: number, isCdata: boolean): void;
  /** In XML, a processing instruction, without its question marks. */
  instruction(start: number, end: number): void;
}

/** The names that a scan need not make strings of, since it knows them. */
export interface Vocabulary {
  /** Elements that often have attributes asked for. */
  readonly elements: NameTable;
  /** The attributes asked for. */
  readonly attributes: NameTable;
}

/** The elements of HTML that begin another realm or text of their own. */
const turningNames = createNameTable([...rawNames, "svg", "math"]);

/** Where a scan stands. Its functions get it, for they are faster than closures of every page. */
interface Scan extends AttributeReading {
  readonly text: string;
  readonly isXml: boolean;
  readonly known: NameTable;
  readonly listener: TagListener;
  readonly foreign: ForeignContent;
  /** The element whose text is told piece by piece. */
  textOf: string;
}

/**
 * Runs over HTML as a browser's tokenizer does (WHATWG HTML §13.2.5), or over XML, and tells of tags, style
 * and title text, in linear time. Names of elements come in lower case, in XML without their prefix. Of
 * attributes of equal names the first is told, as in browsers; those without a value are left out.
 */
export function scanTags(
  { text, codes }: Pick<SourceText, "text" | "codes">,
  language: Exclude<Language, "css">,
  vocabulary: Vocabulary,
  listener: TagListener,
): void {
  const isXml = language === "xml";
  const scan: Scan = {
    ...startReadingAttributes(codes, vocabulary.attributes),
    text,
    isXml,
    known: vocabulary.elements,
    listener,
    foreign: createForeignContent(isXml),
    textOf: "",
  };
  let textStart = 0;
  let open = text.indexOf("<");
  while (open >= 0) {
    if (scan.textOf !== "") tellText(scan, textStart, open, false);
    textStart = readMarkup(scan, open);
    open = text.indexOf("<", Math.max(textStart, open + 1));
  }
  tellText(scan, textStart, text.length, false);
}

/** The place behind the markup that this `<` begins, or its own place if it is text. */
function readMarkup(scan: Scan, open: number): number {
  const { text, codes, isXml } = scan;
  const code = codes[open + 1] ?? 0;
  if (isNameStart(code, isXml)) return readStartTag(scan, open);
  if (code === 0x2f && isNameStart(codes[open + 2] ?? 0, isXml)) return readEndTag(scan, open);
  if (code === 0x3f && isXml) return readInstruction(scan, open);
  if (code !== 0x21 && code !== 0x2f && code !== 0x3f) return open;
  if (text.startsWith("!--", open + 1)) return behindComment(text, open, isXml);
  if (text.startsWith("![CDATA[", open + 1) && (isXml || isForeign(scan))) return readCdata(scan, open);
  return placeOrEnd(text, ">", open + 2) + 1;
}

function readStartTag(scan: Scan, open: number): number {
  const { codes, isXml, kept } = scan;
  const nameEnd = endOfName(codes, open + 2);
  const end = readAttributes(scan, nameEnd) + 1;
  if (end === 0) return codes.length;
  const turning = isXml ? -1 : turningNames.find(codes, open + 1, nameEnd);
  const turns = isXml || turning >= rawNames.length || isForeign(scan);
  const realm = turns ? turn(scan, nameAt(scan, open + 1, nameEnd)) : "html";
  if (kept.length > 0) {
    const name = nameAt(scan, open + 1, nameEnd);
    scan.listener.tag({ name, realm, start: open, end, attributes: kept });
  }
  const raw = realm === "html" && turning >= 0 ? rawNames[turning] : undefined;
  return raw === undefined ? end : readRaw(scan, raw, end);
}

function readEndTag(scan: Scan, open: number): number {
  const nameEnd = endOfName(scan.codes, open + 3);
  const end = readAttributes(scan, nameEnd) + 1;
  if (end === 0) return scan.codes.length;
  scan.textOf = "";
  if (scan.foreign.isWithin()) scan.foreign.leave(nameAt(scan, open + 2, nameEnd));
  return end;
}

/** Tells the content of an element just begun that is no markup, if it is of use; gives its end. */
function readRaw({ text, listener }: Scan, name: string, start: number): number {
  const end = endOfRaw(text, name, start);
  if (name === "style") listener.style(start, end, false);
  if (name === "title") listener.title(start, end);
  return end;
}

function readCdata(scan: Scan, open: number): number {
  const end = placeOrEnd(scan.text, "]]>", open + 9);
  tellText(scan, open + 9, end, true);
  return end + 3;
}

function readInstruction({ text, listener }: Scan, open: number): number {
  const end = placeOrEnd(text, "?>", open + 2);
  if (end < text.length) listener.instruction(open + 2, end);
  return end + 2;
}

/** Follows the page, or a document of XML, into an element. */
function turn(scan: Scan, name: string): Realm {
  const { foreign, isXml, isSelfClosing } = scan;
  const realm = foreign.enter(name, isSelfClosing);
  const isTold = isXml ? realm === "html" || name === "style" : realm !== "html" && name === "style";
  scan.textOf = isTold && !isSelfClosing ? name : "";
  return realm;
}

function tellText({ textOf, listener }: Scan, start: number, end: number, isCdata: boolean): void {
  if (textOf === "" || start >= end) return;
  if (textOf === "style") listener.style(start, end, !isCdata);
  else listener.text(textOf, start, end, isCdata);
}

function isForeign(scan: Scan): boolean {
  return scan.foreign.realm() !== "html";
}

function nameAt({ text, codes, isXml, known }: Scan, start: number, end: number): string {
  const index = isXml ? -1 : known.find(codes, start, end);
  if (index >= 0) return known.names[index] ?? "";
  const name = text.slice(start, end).toLowerCase();
  return isXml ? name.slice(name.indexOf(":") + 1) : name;
}

/** In HTML a letter; in XML whatever does not end a name. */
function isNameStart(code: number, isXml: boolean): boolean {
  const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
  if (isLetter || !isXml) return isLetter;
  return code !== 0x21 && code !== 0x3f && code !== 0x2f && code !== 0x3e && !isSpace(code);
}

function endOfName(codes: Codes, from: number): number {
  let index = from;
  for (; index < codes.length; index++) {
    const code = codes[index] ?? 0;
    if (code === 0x3e || code === 0x2f || isSpace(code)) break;
  }
  return index;
}
