import type { NameTable } from "./name-table.ts";
import type { Quote } from "./reference.ts";
import type { Codes } from "./source-text.ts";

/** An attribute as it is written: the place of its value without quotes. */
export interface Attribute {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly quote: Quote;
}

/** What reading the attributes of one tag after the other keeps in hand. */
export interface AttributeReading {
  readonly codes: Codes;
  readonly wanted: NameTable;
  /** The wanted attributes of the tag read last, in its order. */
  readonly kept: Attribute[];
  /** Whether that tag ended in `/>`. */
  isSelfClosing: boolean;
  /** How many tags were read. */
  tags: number;
  /** For each wanted name the number of the last tag that had it. */
  readonly lastTags: Int32Array;
}

/** For the tags of one page. */
export function startReadingAttributes(codes: Codes, wanted: NameTable): AttributeReading {
  const lastTags = new Int32Array(wanted.names.length);
  return { codes, wanted, kept: [], isSelfClosing: false, tags: 0, lastTags };
}

/** Whether the character is space to HTML and XML: tab, line feed, form feed, carriage return or a blank. */
export function isSpace(code: number): boolean {
  return code <= 0x20 && (code === 0x20 || (code >= 0x09 && code <= 0x0d && code !== 0x0b));
}

/**
 * Reads the attributes of a tag from behind its name (WHATWG HTML §13.2.5.32 to 40); gives the place of the
 * `>` that ends it, or -1 if the page ends before. Of equal names the first counts, and one without a value
 * is left out.
 */
export function readAttributes(reading: AttributeReading, from: number): number {
  const { codes, wanted, kept } = reading;
  reading.tags++;
  // An array that is emptied at once loses its room.
  while (kept.length > 0) kept.pop();
  let behindValue = from;
  let index = from;
  while (index < codes.length) {
    const code = codes[index] ?? 0;
    if (code === 0x3e) {
      reading.isSelfClosing = index > behindValue && codes[index - 1] === 0x2f;
      return index;
    }
    if (code === 0x2f || isSpace(code)) {
      index++;
      continue;
    }
    const nameEnd = endOfName(codes, index + 1);
    const name = wanted.find(codes, index, nameEnd);
    index = behindSpace(codes, nameEnd);
    if (codes[index] === 0x3d) index = readValue(reading, name, behindSpace(codes, index + 1));
    else if (name >= 0) reading.lastTags[name] = reading.tags;
    behindValue = index;
  }
  return -1;
}

/** Reads a value from its quote or first character; gives the place behind it. */
function readValue(reading: AttributeReading, name: number, from: number): number {
  const { codes } = reading;
  const code = codes[from] ?? 0;
  const isQuoted = code === 0x22 || code === 0x27;
  const start = isQuoted ? from + 1 : from;
  let end = start;
  if (isQuoted) while (end < codes.length && codes[end] !== code) end++;
  else while (end < codes.length && codes[end] !== 0x3e && !isSpace(codes[end] ?? 0)) end++;
  if (name >= 0 && reading.lastTags[name] !== reading.tags) {
    reading.lastTags[name] = reading.tags;
    const quote = code === 0x22 ? '"' : code === 0x27 ? "'" : "";
    reading.kept.push({ name: reading.wanted.names[name] ?? "", start, end, quote });
  }
  return isQuoted ? end + 1 : end;
}

function behindSpace(codes: Codes, from: number): number {
  let index = from;
  while (index < codes.length && isSpace(codes[index] ?? 0)) index++;
  return index;
}

/** The end of the name of an attribute, whose first character may be anything. */
function endOfName(codes: Codes, from: number): number {
  let index = from;
  for (; index < codes.length; index++) {
    const code = codes[index] ?? 0;
    if (code === 0x3d || code === 0x3e || code === 0x2f || isSpace(code)) break;
  }
  return index;
}
