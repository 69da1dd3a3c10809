import { escapeCss } from "./css-escapes.ts";
import { escapeScript } from "./find-script-links.ts";
import type { Quote, Quoting, Reference } from "./reference.ts";
import { trimUrl } from "./span.ts";

/**
 * A URL as it must be written at the place of a reference, so that a browser reads just this URL there:
 * escaped for its syntax and for the quotes around it. The outcome is ASCII, so it fits a page of any
 * charset. What a syntax cannot hold (space and outer commas in a srcset, the quote of a meta refresh, all
 * but ASCII in CDATA) is percent-encoded.
 */
export function encodeReference(reference: Pick<Reference, "syntax" | "quoting">, url: string): string {
  const { attribute, inner } = reference.quoting;
  const written = escapeForSyntax(reference.syntax, inner ?? "", trimUrl(url));
  if (attribute === undefined) return written;
  // Without a value an unquoted attribute would take the next attribute for its value.
  if (written === "" && attribute === "" && reference.syntax === "attribute") return '""';
  return escapeForAttribute(written, attribute);
}

/** Text, trimmed as URLs are, as it stands in an attribute in double quotes or between tags: in ASCII. */
export function encodeAttribute(text: string): string {
  return encodeReference({ syntax: "attribute", quoting: { attribute: '"' } }, text);
}

function escapeForSyntax(syntax: Reference["syntax"], inner: Quote, url: string): string {
  switch (syntax) {
    case "attribute":
    case "text":
      return url;
    case "list":
      return url.replace(/[ \t\n\f\r,]/g, percentEncode);
    case "cdata":
      return url.toWellFormed().replace(/[^!-~]+|>/g, encodeURIComponent);
    case "srcset":
      return url
        .replace(/[ \t\n\f\r]/g, percentEncode)
        .replace(/^,+/, percentEncode)
        .replace(/,$/, percentEncode);
    case "css-url":
    case "css-string":
      return escapeCss(url, inner);
    case "css-filter":
      return escapeCss(url.replace(/["']/g, percentEncode), inner);
    case "script-string":
    case "script-url":
      return escapeScript(url, inner, syntax);
    case "refresh":
      return inner === "" ? url.replace(/^["']/, percentEncode) : url.replaceAll(inner, percentEncode);
  }
}

function percentEncode(characters: string): string {
  return Array.from(characters, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}

/**
 * Escapes for an attribute in the given quote, or for text; without a quote, also all that would end the
 * value.
 */
function escapeForAttribute(text: string, quote: Exclude<Quoting["attribute"], undefined>): string {
  const special = quote === "" ? /[^!-~]|[&<>"'=`]/gu : /[^\t\n -~]|[&<>"']/gu;
  return text.toWellFormed().replace(special, (character) => {
    if (character === "&") return "&amp;";
    if (character === "<") return "&lt;";
    if (quote !== "" && (character === '"' || character === "'") && character !== quote) return character;
    return `&#${character.codePointAt(0)};`;
  });
}
