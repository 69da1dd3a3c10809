/** A part of a text, from start to behind its last character. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The part without the space and control characters around it that URLs never keep (WHATWG URL §4.4). */
export function trimSpan(text: string, span: Span): Span {
  let { start, end } = span;
  while (start < end && text.charCodeAt(start) <= 0x20) start++;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--;
  return { start, end };
}

/** A URL without the space and control characters around it. */
export function trimUrl(url: string): string {
  if (url.charCodeAt(0) > 0x20 && url.charCodeAt(url.length - 1) > 0x20) return url;
  const { start, end } = trimSpan(url, { start: 0, end: url.length });
  return url.slice(start, end);
}
