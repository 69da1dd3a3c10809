import { decodeCharacterReferences } from "../markup/character-references.ts";
import { createNameTable } from "../markup/name-table.ts";
import { readAttributes, startReadingAttributes } from "../markup/read-attributes.ts";
import { behindComment, endOfRaw, placeOrEnd, rawNames } from "../markup/skip-markup.ts";
import type { Codes, SourceText } from "../markup/source-text.ts";
import { type Span, trimUrl } from "../markup/span.ts";

/** A tag of a page, with places in its text. */
export interface ScannedTag extends Span {
  /** In lower case; with a slash before it for an end tag. */
  readonly name: string;
  /** The end of what follows the tag as text whatever it looks like, such as a script. */
  readonly rawEnd: number;
  /** The value of an attribute as it is meant, empty where there is none. */
  value(name: string): string;
}

const attributeNames = createNameTable(
  "src data value name poster title width height flashvars data-src content rel href".split(" "),
);
const noNames = createNameTable([]);

/** Tells the place behind the tag whose name ends at a place; 0 if the page ends before. */
export function tagEnds(codes: Codes): (nameEnd: number) => number {
  const reading = startReadingAttributes(codes, noNames);
  return (nameEnd) => readAttributes(reading, nameEnd) + 1;
}

/** The tags of these names in a page, as browsers read it, from a place in its text on. */
export function* scanMarkup(
  { text, codes, read }: SourceText,
  wanted: ReadonlySet<string>,
  from = 0,
): Generator<ScannedTag> {
  const reading = startReadingAttributes(codes, attributeNames);
  // What begins otherwise than a comment or a tag ends with the next bracket (WHATWG HTML §13.2.5.41).
  const marks = /<!--|<(?:[!?]|\/(?![a-z]))|<\/?[a-z][^ \t\n\f\r/>]*/gi;
  marks.lastIndex = from;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const start = mark.index;
    const name = mark[0].slice(1).toLowerCase();
    if (!/[a-z]/.test(name)) {
      const isComment = name === "!--";
      marks.lastIndex = isComment ? behindComment(text, start, false) : placeOrEnd(text, ">", start + 2) + 1;
      continue;
    }
    const end = readAttributes(reading, marks.lastIndex) + 1;
    if (end === 0) return;
    const rawEnd = rawNames.includes(name) ? endOfRaw(text, name, end) : end;
    marks.lastIndex = rawEnd;
    if (!wanted.has(name)) continue;
    const attributes = [...reading.kept];
    const value = (wantedName: string): string => {
      const place = attributes.find((attribute) => attribute.name === wantedName);
      if (place === undefined) return "";
      return trimUrl(decodeCharacterReferences(read(place.start, place.end), "attribute"));
    };
    yield { name, start, end, rawEnd, value };
  }
}
