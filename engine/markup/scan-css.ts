import { tokenize, tokenTypes } from "css-tree";
import type { Quote } from "./reference.ts";
import type { Span } from "./span.ts";

/** A URL in CSS text: its place without quotes and `url()`, and what holds it. */
export interface CssUrl extends Span {
  readonly holder: "@import" | "url" | "image-set" | "filter";
  readonly syntax: "css-url" | "css-string" | "css-filter";
  readonly quote: Quote;
}

const skippedTokens: number[] = [tokenTypes.WhiteSpace, tokenTypes.Comment];
const ends: number[] = [tokenTypes.Semicolon, tokenTypes.LeftCurlyBracket, tokenTypes.RightCurlyBracket];

/** No token that the rules below look back at is longer; a data URL need not be kept or lower-cased. */
const tellingLengthMax = 16;

/** At-rules whose `url()` and strings are names or patterns that nobody fetches. */
const namingRules = /^@(?:namespace|(?:-moz-)?document)$/i;

/**
 * Where the tokenizer stands: the at-rule, the open functions, and the last two tokens that are not space.
 */
interface Standing {
  rule: "" | "import" | "naming";
  functions: string[];
  last: string;
  beforeLast: string;
}

/**
 * Finds the URLs in a style sheet, a style element or the declarations of a style attribute, by the tokens
 * of CSS Syntax Level 3, so that hacks which are no grammar at all do no harm. Never fails; runs in linear
 * time.
 */
export function scanCss(text: string, found: (url: CssUrl) => void): void {
  const standing: Standing = { rule: "", functions: [], last: "", beforeLast: "" };
  tokenize(text, (type, start, end) => {
    if (skippedTokens.includes(type)) return;
    const token = text.slice(start, end);
    const url = urlOf(type, token, start, standing);
    if (url !== undefined) {
      if (standing.rule !== "naming") found(url);
      if (standing.rule === "import") standing.rule = "";
    }
    follow(type, token, standing);
  });
}

function urlOf(type: number, token: string, start: number, standing: Standing): CssUrl | undefined {
  const holder = standing.rule === "import" ? "@import" : "url";
  if (type === tokenTypes.Url) return { ...placeInUrl(token, start), holder, syntax: "css-url", quote: "" };
  if (type !== tokenTypes.String) return undefined;
  const quote: Quote = token.startsWith('"') ? '"' : "'";
  const place = { start: start + 1, end: start + token.length - (isClosed(token, quote) ? 1 : 0), quote };
  if (standing.last === "url(") return { ...place, holder, syntax: "css-url" };
  if (standing.rule === "import") return { ...place, holder, syntax: "css-string" };
  if (standing.beforeLast === "-ms-filter" && standing.last === ":") return urlInFilter(token, start, quote);
  const within = standing.functions.at(-1);
  if (within === "image-set(" || within === "-webkit-image-set(")
    return { ...place, holder: "image-set", syntax: "css-string" };
  const isSource = standing.beforeLast === "src" && standing.last === "=";
  if (within === "alphaimageloader(" && isSource) return { ...place, holder: "filter", syntax: "css-string" };
  return undefined;
}

/** The source of an AlphaImageLoader that stands in a string, as Internet Explorer 8 wants it. */
function urlInFilter(token: string, start: number, quote: Quote): CssUrl | undefined {
  const source = /\bsrc\s*=\s*(["'])/gi;
  source.lastIndex = Math.max(token.toLowerCase().indexOf("alphaimageloader("), 0);
  const match = source.lastIndex > 0 ? source.exec(token) : null;
  const end = match === null ? -1 : token.indexOf(match[1] ?? "", source.lastIndex);
  if (end < 0) return undefined;
  const place = { start: start + source.lastIndex, end: start + end };
  return { ...place, holder: "filter", syntax: "css-filter", quote };
}

function follow(type: number, token: string, standing: Standing): void {
  if (type === tokenTypes.AtKeyword) standing.rule = ruleOf(token);
  else if (type === tokenTypes.Function) standing.functions.push(token.toLowerCase());
  else if (type === tokenTypes.LeftParenthesis) standing.functions.push("(");
  else if (type === tokenTypes.RightParenthesis) standing.functions.pop();
  else if (ends.includes(type)) {
    standing.rule = "";
    standing.functions.length = 0;
  }
  // Only the URL itself may follow @import: in `@import supports(…) "a"` or after a stray token nothing is
  // loaded.
  const opensUrl = type === tokenTypes.Function && token.toLowerCase() === "url(";
  if (standing.rule === "import" && type !== tokenTypes.AtKeyword && !opensUrl) standing.rule = "";
  standing.beforeLast = standing.last;
  standing.last = type === tokenTypes.String || token.length > tellingLengthMax ? "" : token.toLowerCase();
}

function ruleOf(token: string): Standing["rule"] {
  if (token.toLowerCase() === "@import") return "import";
  return namingRules.test(token) ? "naming" : "";
}

/** The place of the URL in `url( … )`; at the end of a sheet the parenthesis may be missing. */
function placeInUrl(token: string, start: number): Span {
  let from = 4;
  let to = token.length - (isClosed(token, ")") ? 1 : 0);
  while (from < to && isSpace(token, from)) from++;
  while (to > from && isSpace(token, to - 1) && !isEscaped(token, to - 1)) to--;
  return { start: start + from, end: start + to };
}

function isSpace(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d || code === 0x0c;
}

/** Whether a token that began with a quote or parenthesis also has its end, and not only an escaped one. */
function isClosed(token: string, end: string): boolean {
  return token.length > 1 && token.endsWith(end) && !isEscaped(token, token.length - 1);
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text.charAt(index - 1 - backslashes) === "\\") backslashes++;
  return backslashes % 2 === 1;
}
