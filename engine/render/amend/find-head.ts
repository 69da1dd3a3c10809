import { behindComment } from "../../markup/skip-markup.ts";
import type { SourceText } from "../../markup/source-text.ts";
import { tagEnds } from "../scan-markup.ts";

const mark = /\xef\xbb\xbf|\ufeff/y;
const space = /[ \t\n\f\r]+/y;
const declaration = /<[!?][^>]*>/y;
const opening = /<(?:html|head)(?=[ \t\n\f\r/>])/iy;

/**
 * The place in the text of a page at which its head begins, never before its doctype; where it has no head
 * tag, that at which browsers take one for given. Undefined for XML without a head, which can have none.
 */
export function findHead({ text, codes }: Pick<SourceText, "text" | "codes">): number | undefined {
  const behindTag = tagEnds(codes);
  let place = behind(mark, text, 0);
  const isXml = text.startsWith("<?xml", place);
  let head = place;
  for (;;) {
    place = behind(space, text, place);
    const before = place;
    if (text.startsWith("<!--", place)) place = Math.min(behindComment(text, place, isXml), text.length);
    else head = place = behind(declaration, text, place);
    if (place > before) continue;
    const nameEnd = behind(opening, text, place);
    const end = nameEnd === place ? 0 : behindTag(nameEnd);
    if (end === 0) return isXml ? undefined : head;
    head = place = end;
    if (text.slice(before + 1, nameEnd).toLowerCase() === "head") return head;
  }
}

/** The place behind what may stand there. */
function behind(pattern: RegExp, text: string, place: number): number {
  pattern.lastIndex = place;
  return pattern.test(text) ? pattern.lastIndex : place;
}
