import type { Quote } from "./reference.ts";
import { type Span, trimSpan } from "./span.ts";

/** The time, what separates it from the URL, and the optional `url=`, each by itself free of backtracking. */
const beginning =
  /^[ \t\n\f\r]*[0-9.]+(?=[;, \t\n\f\r])[ \t\n\f\r]*[;,]?[ \t\n\f\r]*(?:url[ \t\n\f\r]*=[ \t\n\f\r]*)?/i;

/**
 * The place of the URL in the content of `<meta http-equiv="refresh">` (WHATWG HTML §4.2.4.3), and the
 * quote around it; undefined when the page only loads itself again.
 */
export function parseRefresh(text: string): (Span & { readonly quote: Quote }) | undefined {
  const before = beginning.exec(text);
  if (before === null) return undefined;
  const first = text.charAt(before[0].length);
  const quote: Quote = first === '"' || first === "'" ? first : "";
  const start = before[0].length + quote.length;
  const closing = quote === "" ? -1 : text.indexOf(quote, start);
  const span = trimSpan(text, { start, end: closing < 0 ? text.length : closing });
  return span.start < span.end ? { ...span, quote } : undefined;
}
