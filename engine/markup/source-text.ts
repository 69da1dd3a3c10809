import { isAscii } from "node:buffer";
import type { Encoding } from "./reference.ts";
import type { Span } from "./span.ts";

/** The character codes of a text, much faster to look at one by one than those of a string. */
export type Codes = Uint8Array | Uint16Array;

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
  readonly codes: Codes;
  /** How many bytes a character of the text stands for. */
  readonly unitBytes: 1 | 2;
  /**
   * The characters from start to end as the page means them; broken sequences become U+FFFD. May keep the
   * whole page in memory: what outlives it must be unpinned.
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
  if (encoding.startsWith("utf-16")) return openUnits(buffer, encoding === "utf-16be");
  const text = buffer.toString("latin1");
  // In every encoding that is read, ASCII is itself.
  if (isAscii(buffer))
    return { text, codes: buffer, unitBytes: 1, read: (start, end) => text.slice(start, end) };
  const decode = decoderOf(buffer, encoding);
  const read = (start: number, end: number) => {
    // To decode is slow, and nearly all URLs are ASCII.
    for (let index = start; index < end; index++) if ((buffer[index] ?? 0) >= 0x80) return decode(start, end);
    return text.slice(start, end);
  };
  const characters = deceptive[encoding];
  if (characters === undefined) return { text, codes: buffer, unitBytes: 1, read };
  const masked = text.replace(characters, ({ length }) => "\x80".repeat(length));
  return { text: masked, codes: Buffer.from(masked, "latin1"), unitBytes: 1, read };
}

function decoderOf(buffer: Buffer, encoding: Encoding): SourceText["read"] {
  if (encoding === "utf-8") return (start, end) => buffer.toString("utf8", start, end);
  const decoder = new TextDecoder(encoding);
  return (start, end) => decoder.decode(buffer.subarray(start, end));
}

function openUnits(buffer: Buffer, isBigEndian: boolean): SourceText {
  const codes = new Uint16Array(buffer.length >> 1);
  const units = Buffer.from(codes.buffer);
  buffer.copy(units);
  if (isBigEndian) units.swap16();
  const read = (start: number, end: number) => units.toString("utf16le", 2 * start, 2 * end);
  return { text: units.toString("utf16le"), codes, unitBytes: 2, read };
}

/** The same text, but one that keeps nothing else in memory, as a part of a longer text does. */
export function unpin(text: string): string {
  // To take a part of a joined text V8 first copies it, and does so faster than any detour over bytes.
  return ` ${text}`.slice(1);
}

/** The same things with their places in the text made places in the bytes. */
export function placeInBytes<Placed extends Span & { readonly tagStart?: number }>(
  source: SourceText,
  things: Placed[],
): Placed[] {
  if (source.unitBytes === 1) return things;
  return things.map((thing) => {
    const placed = { ...thing, start: 2 * thing.start, end: 2 * thing.end };
    return thing.tagStart === undefined ? placed : { ...placed, tagStart: 2 * thing.tagStart };
  });
}
