import { decodeCharacterReferences, placeAttributeValue } from "./character-references.ts";
import { unescapeCss } from "./css-escapes.ts";
import type { Quote, ReadOptions, Reference } from "./reference.ts";
import { scanCss } from "./scan-css.ts";
import { openSourceText, type SourceText } from "./source-text.ts";
import { trimUrl } from "./span.ts";

/** A part of a page that is CSS: all of it, a style element, or the style attribute of an element. */
export interface CssPart {
  readonly start: number;
  readonly end: number;
  /** The element that holds the CSS; empty for a style sheet. */
  readonly element: string;
  /** The quote of the style attribute; absent when the CSS is not in one. */
  readonly attributeQuote?: Quote;
}

/**
 * Every URL of a style sheet, in its order: `url()`, both forms of `@import`, the strings of `image-set()`
 * and the `src` of AlphaImageLoader. URLs that nobody fetches (`@namespace`, `@document`) are left out.
 * Hacks and broken grammar do no harm; it never throws, and takes time linear in the size, whose limit is
 * the caller's matter.
 */
export function findCssReferences(sheet: Uint8Array, options: ReadOptions = {}): Reference[] {
  const source = openSourceText(sheet, options.encoding);
  const references: Reference[] = [];
  findReferencesInCssPart(source, { start: 0, end: sheet.length, element: "" }, (found) =>
    references.push(found),
  );
  return references;
}

/** The same for a part of a page; the places are those in the whole page. */
export function findReferencesInCssPart(
  source: SourceText,
  part: CssPart,
  found: (reference: Reference) => void,
): void {
  const quote = part.attributeQuote;
  const placed =
    quote === undefined
      ? { text: source.text.slice(part.start, part.end), placeOf: (index: number) => part.start + index }
      : placeAttributeValue(source.text, part.start, part.end);
  scanCss(placed.text, (place) => {
    const start = placed.placeOf(place.start);
    const end = placed.placeOf(place.end);
    const read = source.read(start, end);
    const written = quote === undefined ? read : decodeCharacterReferences(read, "attribute");
    found({
      start,
      end,
      url: trimUrl(unescapeCss(written)),
      kind: "requisite",
      element: part.element,
      attribute: place.holder,
      syntax: place.syntax,
      quoting: quote === undefined ? { inner: place.quote } : { attribute: quote, inner: place.quote },
    });
  });
}
