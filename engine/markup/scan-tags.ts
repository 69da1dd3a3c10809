import { QuoteType, Tokenizer } from "htmlparser2";
import { createForeignContent, type Realm } from "./foreign-content.ts";
import { maskChunks } from "./mask-chunks.ts";
import type { NameTable } from "./name-table.ts";
import type { Language, Quote } from "./reference.ts";

/** An attribute as it is written: the place of its value without quotes. */
export interface Attribute {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly quote: Quote;
}

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

const quotes: Record<QuoteType, Quote> = {
  [QuoteType.NoValue]: "",
  [QuoteType.Unquoted]: "",
  [QuoteType.Single]: "'",
  [QuoteType.Double]: '"',
};

/**
 * Runs over HTML as a browser's tokenizer does, or over XML, and tells of tags, style and title text. Names
 * of elements come in lower case, in XML without their prefix. Only attributes named in `wanted` are kept, of
 * equal names the first, as in browsers; those without a value are left out.
 */
export function scanTags(
  text: string,
  language: Exclude<Language, "css">,
  wanted: NameTable,
  listener: TagListener,
): void {
  const nothing = () => {};
  const isXml = language === "xml";
  const elements = followElements(text, isXml, listener);
  const attributes = followAttributes(text, wanted);
  const endTag = (index: number, selfClosing: boolean) => {
    const realm = elements.open(index + 1, selfClosing);
    if (attributes.kept.length > 0) {
      const { name, start } = elements.current();
      listener.tag({ name, realm, start, end: index + 1, attributes: attributes.kept });
    }
    attributes.clear();
  };
  const tokenizer = new Tokenizer(
    { decodeEntities: false, xmlMode: isXml },
    {
      onopentagname: elements.name,
      onattribname: attributes.name,
      onattribdata: attributes.value,
      onattribend: attributes.end,
      onopentagend: (index) => endTag(index, false),
      onselfclosingtag: (index) => endTag(index, true),
      onclosetag: elements.close,
      ontext: elements.text,
      oncdata: elements.cdata,
      onend: () => elements.finish(text.length),
      isInForeignContext: elements.isForeign,
      onattribentity: nothing,
      oncomment: nothing,
      ondeclaration: nothing,
      onprocessinginstruction: listener.instruction,
      ontextentity: nothing,
    },
  );
  for (const chunk of isXml ? [text] : maskChunks(text, elements)) tokenizer.write(chunk);
  tokenizer.end();
}

/** Keeps the name of the tag being read, the realm, and where a script, style or title began. */
function followElements(text: string, isXml: boolean, listener: TagListener) {
  const foreign = createForeignContent(isXml);
  let nameStart = 0;
  let nameEnd = 0;
  let raw = "";
  let rawStart = 0;
  /** The element whose text is told piece by piece. */
  let textOf = "";
  const nameAt = (from: number, to: number) => {
    const name = text.slice(from, to).toLowerCase();
    return isXml ? name.slice(name.indexOf(":") + 1) : name;
  };
  const tell = (from: number, to: number, isCdata: boolean) => {
    if (textOf === "style") listener.style(from, to, !isCdata);
    else listener.text(textOf, from, to, isCdata);
  };
  const isForeign = () => foreign.realm() !== "html";
  const finish = (end: number) => {
    if (raw === "style") listener.style(rawStart, end, false);
    if (raw === "title") listener.title(rawStart, end);
    raw = "";
  };
  const open = (end: number, selfClosing: boolean): Realm => {
    if (!isXml && !isForeign() && !mayChangeRealm(text, nameStart)) return "html";
    const name = nameAt(nameStart, nameEnd);
    const closed = selfClosing && (isXml || isForeign());
    const realm = closed ? foreign.realm() : foreign.enter(name);
    const isTold = isXml ? realm === "html" || name === "style" : realm !== "html" && name === "style";
    textOf = isTold && !closed ? name : "";
    if (!isXml && realm === "html" && rawNames.has(name)) {
      raw = name;
      rawStart = end;
    }
    return realm;
  };
  const close = (from: number, to: number) => {
    textOf = "";
    if (raw === "" && !foreign.isWithin()) return;
    const closing = nameAt(from, to);
    if (closing === raw) finish(from - 2);
    foreign.leave(closing);
  };
  return {
    isForeign,
    open,
    close,
    finish,
    name: (from: number, to: number) => {
      nameStart = from;
      nameEnd = to;
    },
    current: () => ({ name: nameAt(nameStart, nameEnd), start: nameStart - 1 }),
    scriptStart: () => (raw === "script" ? rawStart : -1),
    text: (from: number, to: number) => {
      if (textOf !== "") tell(from, to, false);
    },
    cdata: (from: number, to: number, tailLength: number) => {
      if (textOf !== "") tell(from, to - tailLength, true);
    },
  };
}

/** The elements of HTML whose start must be remembered until they end. */
const rawNames = new Set(["script", "style", "title"]);

/**
 * Of the elements of HTML only svg, script, style, title and math begin another realm or text of their own.
 */
function mayChangeRealm(text: string, nameStart: number): boolean {
  const letter = text.charCodeAt(nameStart) | 0x20;
  return letter === 0x73 || letter === 0x74 || letter === 0x6d;
}

/** Gathers the wanted attributes of the tag being read. */
function followAttributes(text: string, wanted: NameTable) {
  const kept: Attribute[] = [];
  /** For each name the number of the last tag that had it. */
  const seen = new Int32Array(wanted.names.length);
  let tagNumber = 1;
  let isMarked = false;
  let current = -1;
  let start = -1;
  let end = -1;
  return {
    kept,
    name: (from: number, to: number) => {
      start = -1;
      current = wanted.find(text, from, to);
    },
    value: (from: number, to: number) => {
      if (start < 0) start = from;
      end = to;
    },
    end: (type: QuoteType) => {
      if (current < 0 || seen[current] === tagNumber) return;
      seen[current] = tagNumber;
      isMarked = true;
      if (start >= 0) kept.push({ name: wanted.names[current] ?? "", start, end, quote: quotes[type] });
    },
    clear: () => {
      if (!isMarked) return;
      isMarked = false;
      tagNumber++;
      kept.length = 0;
    },
  };
}
