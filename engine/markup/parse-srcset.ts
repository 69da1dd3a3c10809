import type { Span } from "./span.ts";

const space = /[ \t\n\f\r]/;

/**
 * The places of the URLs in the value of a srcset (WHATWG HTML §4.8.4.2.2). Never fails; runs in linear
 * time.
 */
export function parseSrcset(text: string): Span[] {
  const spans: Span[] = [];
  let position = 0;
  for (;;) {
    while (position < text.length && isSpaceOrComma(text, position)) position++;
    if (position >= text.length) return spans;
    const start = position;
    while (position < text.length && !space.test(text.charAt(position))) position++;
    let end = position;
    while (text.charAt(end - 1) === ",") end--;
    spans.push({ start, end });
    if (end === position) position = skipDescriptors(text, position);
  }
}

function isSpaceOrComma(text: string, position: number): boolean {
  const character = text.charAt(position);
  return character === "," || space.test(character);
}

/**
 * Behind the comma that ends the descriptors of a candidate; commas within parentheses belong to a
 * descriptor.
 */
function skipDescriptors(text: string, from: number): number {
  let parenthesised = false;
  for (let position = from; position < text.length; position++) {
    const character = text.charAt(position);
    if (character === "(") parenthesised = true;
    else if (character === ")") parenthesised = false;
    else if (character === "," && !parenthesised) return position + 1;
  }
  return text.length;
}
