/**
 * Text of others for a terminal: without what could move its cursor, change its colours or turn its
 * direction.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu, "\ufffd");
}

/** The text cut to a number of characters, with an ellipsis for what is left out. */
export function shorten(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  return lengthMax < 1 ? "" : `${text.slice(0, lengthMax - 1)}…`;
}
