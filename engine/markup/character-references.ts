import { Tokenizer } from "htmlparser2";
import { idleCallbacks } from "./idle-callbacks.ts";

/**
 * Where a character reference stands: in an attribute `&copy=1` is text, in a title it is a sign and `=1`.
 */
export type ReferencePlace = "attribute" | "text";

/** Decoded text that still knows the byte offset of each of its characters. */
export interface PlacedText {
  readonly text: string;
  /** The byte offset of the character at this index; the length of the text gives the end. */
  placeOf(index: number): number;
}

/**
 * Everything that may be a character reference, with the one following character that decides whether it
 * is.
 */
const candidates = /&(?:#(?:[xX][0-9a-fA-F]+|[0-9]+)|[A-Za-z][A-Za-z0-9]*)[;=]?/g;

const common: Record<string, string> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};

const decodeOne = createDecoder();

/**
 * Resolves the character references of HTML (WHATWG HTML §13.2.5.72) in the value of an attribute or in a
 * title.
 */
export function decodeCharacterReferences(text: string, place: ReferencePlace): string {
  if (!text.includes("&")) return text;
  return text.replace(candidates, (candidate) => common[candidate] ?? decodeOne(candidate, place));
}

/** A value with its character references resolved, for syntaxes that are parsed after that. */
export function placeValue(
  source: string,
  start: number,
  end: number,
  place: ReferencePlace = "attribute",
): PlacedText {
  const raw = source.slice(start, end);
  if (!raw.includes("&")) return { text: raw, placeOf: (index) => start + index };
  const places: number[] = [];
  let text = "";
  let position = 0;
  const keep = (until: number) => {
    for (let index = position; index < until; index++) places.push(start + index);
    text += raw.slice(position, until);
    position = until;
  };
  for (const match of raw.matchAll(candidates)) {
    const decoded = common[match[0]] ?? decodeOne(match[0], place);
    if (decoded === match[0]) continue;
    keep(match.index);
    for (let index = 0; index < decoded.length; index++) places.push(start + match.index);
    text += decoded;
    position = match.index + match[0].length;
  }
  keep(raw.length);
  return { text, placeOf: (index) => places[index] ?? end };
}

/**
 * The tokenizer knows the table of names and the rules of either place, so one of it is kept to decode
 * with.
 */
function createDecoder(): (candidate: string, place: ReferencePlace) => string {
  let source = "";
  let decoded = "";
  const keepText = (start: number, end: number) => {
    decoded += source.slice(start, end);
  };
  const keepCodePoint = (codePoint: number) => {
    decoded += String.fromCodePoint(codePoint);
  };
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      ...idleCallbacks,
      onattribdata: keepText,
      onattribentity: keepCodePoint,
      ontext: keepText,
      ontextentity: keepCodePoint,
    },
  );
  return (candidate, place) => {
    source = place === "attribute" ? `<a b="${candidate}">` : candidate;
    decoded = "";
    tokenizer.reset();
    tokenizer.write(source);
    tokenizer.end();
    return decoded;
  };
}
