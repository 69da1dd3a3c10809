import { decodeCharacterReferences, placeValue } from "./character-references.ts";
import { unescapeCss } from "./css-escapes.ts";
import type { Quoting, ReadOptions, Reference } from "./reference.ts";
import { scanCss } from "./scan-css.ts";
import { openSourceText, placeInBytes, type SourceText } from "./source-text.ts";
import { trimUrl } from "./span.ts";

/** A part of a page that is CSS: all of it, a style element, or the style attribute of an element. */
export interface CssPart {
  readonly start: number;
  readonly end: number;
  /** The element that holds the CSS; empty for a style sheet. */
  readonly element: string;
  /** The quote of the style attribute, or `<` for text with character references; else absent. */
  readonly attributeQuote?: Quoting["attribute"];
}

/**
 * Every URL of a style sheet, in its order: `url()`, both forms of `@import`, the strings of `image-set()`
 * and the `src` of AlphaImageLoader. URLs that nobody fetches (`@namespace`, `@document`) are left out.
 * Hacks and broken grammar do no harm; it never throws, and takes time linear in the size, whose limit is
 * the caller's matter.
 */
export function findCssReferences(sheet: Uint8Array, options: ReadOptions = {}): Reference[] {
  return findSheetReferences(openSourceText(sheet, options.encoding));
}

/** The same for a style sheet that is open already. */
export function findSheetReferences(source: SourceText): Reference[] {
  const references: Reference[] = [];
  readSheet(source, (found) => references.push(found));
  return placeInBytes(source, references);
}

/** Tells every reference of a style sheet with its place in the text. */
export function readSheet(source: SourceText, found: (reference: Reference) => void): void {
  findReferencesInCssPart(source, { start: 0, end: source.text.length, element: "" }, found);
}

/** The same for a part of a page; the places are those in the whole page. */
export function findReferencesInCssPart(
  source: SourceText,
  part: CssPart,
  found: (reference: Reference) => void,
): void {
  const quote = part.attributeQuote;
  const place = quote === "<" ? "text" : "attribute";
  const placed =
    quote === undefined
      ? { text: source.text.slice(part.start, part.end), placeOf: (index: number) => part.start + index }
      : placeValue(source.text, part.start, part.end, place);
  scanCss(placed.text, (css) => {
    const start = placed.placeOf(css.start);
    const end = placed.placeOf(css.end);
    const read = source.read(start, end);
    const written = quote === undefined ? read : decodeCharacterReferences(read, place);
    found({
      start,
      end,
      url: trimUrl(unescapeCss(written)),
      kind: "requisite",
      element: part.element,
      attribute: css.holder,
      syntax: css.syntax,
      quoting: quote === undefined ? { inner: css.quote } : { attribute: quote, inner: css.quote },
    });
  });
}
