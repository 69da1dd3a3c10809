import type { Quote } from "./reference.ts";

/**
 * A hexadecimal escape with the one space that may end it, an escaped line break, or any other escaped
 * character.
 */
const escapes = /\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\f\r])?|(\r\n|[\n\f\r])|(.))/gsu;

/** Resolves the escapes within a CSS string or `url()` (CSS Syntax Level 3, §4.3.7). */
export function unescapeCss(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(escapes, (_, hexadecimal?: string, _lineBreak?: string, character?: string) => {
    if (hexadecimal === undefined) return character ?? "";
    const codePoint = Number.parseInt(hexadecimal, 16);
    const impossible =
      codePoint === 0 || codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff);
    return impossible ? "\ufffd" : String.fromCodePoint(codePoint);
  });
}

/**
 * What can never stand as it is: all but printable ASCII, `<`, which may end a style, and `>`, which CDATA.
 */
const unprintable = /[^ -~]|[<>]/u;

/** Escapes text for a CSS string in the given quote, or for an unquoted `url()`. The outcome is ASCII. */
export function escapeCss(text: string, quote: Quote): string {
  return text.toWellFormed().replace(/[^ -~]|[<>\\"'() ]/gu, (character) => {
    if (unprintable.test(character)) return `\\${character.codePointAt(0)?.toString(16)} `;
    const special = character === "\\" || quote === "" || character === quote;
    return special ? `\\${character}` : character;
  });
}
