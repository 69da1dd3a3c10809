import type { Quote, ReferenceSyntax } from "./reference.ts";
import type { Span } from "./span.ts";

/**
 * A string that is all of what a script opens or goes to. Further arguments may follow it, but nothing that
 * would make it a part of a longer URL.
 */
const navigations = new RegExp(
  [
    String.raw`(?:(?<![\w$.])(?:(?:window|self|parent|top|opener)\.)?open\s*\(`,
    String.raw`(?<![\w$])location(?:\.(?:replace|assign)\s*\(|(?:\.href)?\s*=(?!=)))`,
  ].join("|") + String.raw`\s*(["'])((?:(?!\1)[^\\\r\n]|\\[^\r\n])*)\1(?=\s*(?:[,;)}]|$))`,
  "g",
);

/** The places of the URLs, without their quotes, that a script navigates to as soon as it runs. */
export function findScriptLinks(script: string): (Span & { readonly quote: Quote })[] {
  return Array.from(script.matchAll(navigations), ({ 0: whole, 1: quote, 2: url = "", index }) => {
    const end = index + whole.length - 1;
    return { start: end - url.length, end, quote: quote === "'" ? "'" : '"' };
  });
}

const jumps = new RegExp(
  String.raw`(?:\blocation(?:\.href)?\s*=|\b(?:open|replace|assign)\s*\()\s*[\w$.[\]]*\.value\b(?!\s*\+)` +
    String.raw`|jumpMenu\s*\(`,
  "i",
);

/** True if the handler of a menu goes to the URL that is the value of what was chosen. */
export function isJump(handler: string): boolean {
  return jumps.test(handler);
}

const escapes = /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))/g;
const percentEscapes = /(?:%[0-9a-fA-F]{2})+/g;

/** The string that a literal of a script stands for; one in a `javascript:` URL has its escapes, too. */
export function readScriptString(literal: string, syntax: ReferenceSyntax): string {
  const written = syntax === "script-url" ? literal.replace(percentEscapes, decodePercent) : literal;
  if (!written.includes("\\")) return written;
  return written.replace(escapes, (_, unit?: string, byte?: string, character?: string) => {
    const code = unit ?? byte;
    return code === undefined ? (character ?? "") : String.fromCharCode(Number.parseInt(code, 16));
  });
}

/** A URL as the content of such a literal. The outcome is ASCII. */
export function escapeScript(url: string, quote: Quote, syntax: ReferenceSyntax): string {
  const decoded = syntax === "script-url" ? url.replaceAll("%", "%25") : url;
  return decoded.replace(/[^ -~]|[\\"']/g, (character) => {
    if (character === "\\" || character === quote) return `\\${character}`;
    if (character === '"' || character === "'") return character;
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** What `javascript:` makes of it (WHATWG URL §1.3, HTML §7.4.2.3.2). */
function decodePercent(escaped: string): string {
  return Buffer.from(escaped.replaceAll("%", ""), "hex").toString();
}
