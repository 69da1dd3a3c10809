import type { Encoding } from "./reference.ts";
import type { Span } from "./span.ts";

/**
 * The bytes of a page as text in which every index stands for a place in them, and the way to read a part in
 * its encoding.
 */
export interface SourceText {
  /**
   * One character for each byte, or for each two of utf-16; ASCII stands for itself, other bytes only for
   * their place.
   */
  readonly text: string;
  /** How many bytes a character of the text stands for. */
  readonly unitBytes: 1 | 2;
  /**
   * The characters from start to end as the page means them; broken sequences become U+FFFD. Pins nothing of
   * the page.
   */
  read(start: number, end: number): string;
}

const twoBytes = /[\x81-\xfe][\x40-\xfe]/g;

/** The characters of encodings in which the second byte may look like ASCII, such as the backslash of CSS. */
const deceptive: Record<string, RegExp> = {
  shift_jis: /[\x81-\x9f\xe0-\xfc][\x40-\xfc]/g,
  gbk: /[\x81-\xfe](?:[0-9][\x81-\xfe][0-9]|[\x40-\xfe])/g,
  gb18030: /[\x81-\xfe](?:[0-9][\x81-\xfe][0-9]|[\x40-\xfe])/g,
  big5: twoBytes,
  "euc-kr": twoBytes,
};

/**
 * Opens the bytes for scanning. Those of one-byte units are not copied, so they must not change while the
 * text is in use.
 */
export function openSourceText(bytes: Uint8Array, encoding: Encoding = "utf-8"): SourceText {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (encoding.startsWith("utf-16")) {
    const whole = buffer.subarray(0, buffer.length & ~1);
    const units = encoding === "utf-16be" ? Buffer.from(whole).swap16() : whole;
    const read = (start: number, end: number) => units.toString("utf16le", 2 * start, 2 * end);
    return { text: units.toString("utf16le"), unitBytes: 2, read };
  }
  const text = buffer.toString("latin1");
  if (encoding === "utf-8")
    return { text, unitBytes: 1, read: (start, end) => buffer.toString("utf8", start, end) };
  const decoder = new TextDecoder(encoding);
  const characters = deceptive[encoding];
  return {
    text: characters === undefined ? text : text.replace(characters, ({ length }) => "\x80".repeat(length)),
    unitBytes: 1,
    read: (start, end) => decoder.decode(buffer.subarray(start, end)),
  };
}

/** The same things with their places in the text made places in the bytes. */
export function placeInBytes<Placed extends Span>(source: SourceText, things: Placed[]): Placed[] {
  if (source.unitBytes === 1) return things;
  return things.map((thing) => ({ ...thing, start: 2 * thing.start, end: 2 * thing.end }));
}
