import { load } from "cheerio";
import { DomHandler, Parser } from "htmlparser2";
import type { SourceText } from "../../markup/source-text.ts";
import { tagEnds } from "../scan-markup.ts";

/** The elements of a page, known by the places in its text where they start. */
export interface Elements {
  /** Those that a selector of CSS finds, in the order of the page. */
  select(selector: string): readonly number[];
  /**
   * The place behind an element: behind its own end tag, or, if it may be without, where the tag stands that
   * ends it. Undefined if where it ends is anybody's guess: it must have an end tag and has none, or has it
   * within an element that began in it and has to end itself.
   */
  endOf(start: number): number | undefined;
}

/** Elements that may do without an end tag: the next of their kind ends them, or their parent. */
const omissible = new Set(
  "body caption colgroup dd dt head html li optgroup option p rp rt tbody td tfoot th thead tr".split(" "),
);

/** Elements whose end tag changes nothing where none is open. */
const phrasing = new Set(
  "a abbr b big code em font i nobr s small span strike strong sub sup tt u".split(" "),
);

/** Elements that end a paragraph in browsers, but not for the parser. */
const endingParagraphs = new Set("center dir listing menu xmp".split(" "));

/** Deeper pages are made to take time. */
const depthMax = 1_000;

/** Reads the elements of a page; undefined if they are nested deeper than any author nests them. */
export function readElements({ text, codes }: Pick<SourceText, "text" | "codes">): Elements | undefined {
  const behindTag = tagEnds(codes);
  const ends = new Map<number, number>();
  let closed: number | null = null;
  const dom = new DomHandler(undefined, { withStartIndices: true }, ({ startIndex }) => {
    closed = startIndex;
  });
  let depth = 0;
  let isTooDeep = false;
  let crossedAt = -1;
  let paragraphEnd = -1;
  const parser: Parser = new Parser({
    onparserinit: (self) => dom.onparserinit(self),
    ontext: (part) => dom.ontext(part),
    onopentag(name, attributes) {
      dom.onopentag(name, attributes);
      if (endingParagraphs.has(name)) paragraphEnd = parser.startIndex;
      isTooDeep ||= ++depth > depthMax;
      if (isTooDeep) parser.pause();
    },
    onclosetag(name, isImplied) {
      depth--;
      dom.onclosetag();
      const { startIndex, endIndex } = parser;
      // What is empty ends with its own start tag.
      const isEmpty = isImplied && startIndex === closed;
      const isOmissible = omissible.has(name) && (name !== "p" || paragraphEnd < (closed ?? 0));
      const isSure = isImplied ? isEmpty || isOmissible : crossedAt !== startIndex;
      if (!isSure && isImplied && !phrasing.has(name)) crossedAt = startIndex;
      if (!isSure || closed === null) return;
      // Of an end tag the parser tells where its name ends, and of the page more than there is.
      const behind = isImplied ? endIndex + 1 : behindTag(endIndex) || text.length;
      ends.set(closed, Math.min(isImplied && !isEmpty ? startIndex : behind, text.length));
    },
  });
  parser.write(text);
  if (isTooDeep) return undefined;
  parser.end();
  const find = load(dom.root, {}, false);
  return {
    select: (selector) =>
      find(selector)
        .toArray()
        .flatMap(({ startIndex }) => startIndex ?? [])
        // An end tag alone may make an element that nobody wrote.
        .filter((start) => text.charAt(start + 1) !== "/"),
    endOf: (start) => ends.get(start),
  };
}
