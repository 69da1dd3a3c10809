import { QuoteType, Tokenizer } from "htmlparser2";
import { createForeignContent, type Realm } from "./foreign-content.ts";
import type { NameTable } from "./name-table.ts";
import type { Quote } from "./reference.ts";

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
  /** The text of a style element, whole in HTML; in SVG, where it may hold elements, piece by piece. */
  style(start: number, end: number): void;
  /** The text of a title element of HTML. */
  title(start: number, end: number): void;
}

const quotes: Record<QuoteType, Quote> = {
  [QuoteType.NoValue]: "",
  [QuoteType.Unquoted]: "",
  [QuoteType.Single]: "'",
  [QuoteType.Double]: '"',
};

/**
 * Runs over HTML as a browser's tokenizer does and tells of tags, style and title text. Only attributes
 * named in `wanted` are kept, of equal names the first, as in browsers; those without a value are left out.
 */
export function scanTags(text: string, wanted: NameTable, listener: TagListener): void {
  const nothing = () => {};
  const elements = followElements(text, listener);
  const attributes = followAttributes(text, wanted);
  const endTag = (index: number, selfClosing: boolean) => {
    const realm = elements.open(index + 1, selfClosing);
    if (attributes.kept.length > 0) {
      const { nameStart, nameEnd } = elements.place();
      const name = text.slice(nameStart, nameEnd).toLowerCase();
      listener.tag({ name, realm, start: nameStart - 1, end: index + 1, attributes: attributes.kept });
    }
    attributes.clear();
  };
  const tokenizer = new Tokenizer(
    { decodeEntities: false },
    {
      onopentagname: elements.name,
      onattribname: attributes.name,
      onattribdata: attributes.value,
      onattribend: attributes.end,
      onopentagend: (index) => endTag(index, false),
      onselfclosingtag: (index) => endTag(index, true),
      onclosetag: elements.close,
      ontext: elements.text,
      oncdata: elements.text,
      onend: () => elements.finish(text.length),
      isInForeignContext: elements.isForeign,
      onattribentity: nothing,
      oncomment: nothing,
      ondeclaration: nothing,
      onprocessinginstruction: nothing,
      ontextentity: nothing,
    },
  );
  tokenizer.write(text);
  tokenizer.end();
}

/** Keeps the name of the tag being read, the realm, and where a style or title began. */
function followElements(text: string, listener: TagListener) {
  const foreign = createForeignContent();
  let nameStart = 0;
  let nameEnd = 0;
  let raw = "";
  let rawStart = 0;
  let inForeignStyle = false;
  const isForeign = () => foreign.realm() !== "html";
  const finish = (end: number) => {
    if (raw === "style") listener.style(rawStart, end);
    if (raw === "title") listener.title(rawStart, end);
    raw = "";
  };
  const open = (end: number, selfClosing: boolean): Realm => {
    if (!isForeign() && !mayChangeRealm(text, nameStart)) return "html";
    const name = text.slice(nameStart, nameEnd).toLowerCase();
    const closed = selfClosing && isForeign();
    const realm = closed ? foreign.realm() : foreign.enter(name);
    inForeignStyle = name === "style" && realm !== "html" && !closed;
    if (realm === "html" && (name === "style" || name === "title")) {
      raw = name;
      rawStart = end;
    }
    return realm;
  };
  const close = (from: number, to: number) => {
    inForeignStyle = false;
    if (raw === "" && !foreign.isWithin()) return;
    const closing = text.slice(from, to).toLowerCase();
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
    place: () => ({ nameStart, nameEnd }),
    text: (from: number, to: number) => {
      if (inForeignStyle) listener.style(from, to);
    },
  };
}

/** Of the elements of HTML only svg, style, title and math begin another realm or text of their own. */
function mayChangeRealm(text: string, nameStart: number): boolean {
  const letter = text.charCodeAt(nameStart) | 0x20;
  return letter === 0x73 || letter === 0x74 || letter === 0x6d;
}

/** Gathers the wanted attributes of the tag being read. */
function followAttributes(text: string, wanted: NameTable) {
  const kept: Attribute[] = [];
  let seen = 0;
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
      if (current < 0 || (seen & (1 << current)) !== 0) return;
      seen |= 1 << current;
      if (start >= 0) kept.push({ name: wanted.names[current] ?? "", start, end, quote: quotes[type] });
    },
    clear: () => {
      if (seen === 0) return;
      seen = 0;
      kept.length = 0;
    },
  };
}
