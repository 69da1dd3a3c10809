import type { Encoding } from "./reference.ts";

/**
 * The bytes of a page as text in which every index is a byte offset, and the way to read a part in its
 * charset.
 */
export interface SourceText {
  /** One character for each byte; ASCII stands for itself, other bytes only for their place. */
  readonly text: string;
  /**
   * The bytes from start to end in the page's charset; broken sequences become U+FFFD. Pins nothing of the
   * page.
   */
  read(start: number, end: number): string;
}

/**
 * Opens the bytes for scanning. The bytes are not copied, so they must not change while the text is in use.
 */
export function openSourceText(bytes: Uint8Array, encoding: Encoding = "utf-8"): SourceText {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString("latin1");
  if (encoding === "utf-8") return { text, read: (start, end) => buffer.toString("utf8", start, end) };
  const decoder = new TextDecoder("windows-1252");
  return { text, read: (start, end) => decoder.decode(buffer.subarray(start, end)) };
}
