import { PublishError } from "../errors/publish-error.ts";
import type { Encoding } from "./reference.ts";

/** A change of a page: the bytes from start to end give way to the replacement. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** What undoes an edit: the place of its replacement in the edited bytes, and the bytes that stood there. */
export interface AppliedEdit {
  readonly start: number;
  readonly end: number;
  readonly original: Uint8Array;
}

/** A place and the bytes to put there. */
interface Splice {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

/**
 * The bytes with the edits made in their encoding, everything else as it was. Edits come sorted by place
 * and may touch, not overlap, and are ASCII unless the encoding is one of Unicode; anything else is a `bug`
 * of the caller.
 */
export function applyEdits(bytes: Uint8Array, edits: readonly Edit[], encoding?: Encoding): Uint8Array {
  return spliceBytes(
    bytes,
    edits.map(({ start, end, replacement }) => ({ start, end, bytes: encode(replacement, encoding) })),
  );
}

/**
 * The record of the same edits that lets `undoEdits` give back the original. It shares no memory with the
 * page.
 */
export function recordEdits(bytes: Uint8Array, edits: readonly Edit[], encoding?: Encoding): AppliedEdit[] {
  refuseDisorder(bytes, edits);
  let growth = 0;
  return edits.map(({ start, end, replacement }) => {
    const sizeBytes = encode(replacement, encoding).length;
    const place = { start: start + growth, end: start + growth + sizeBytes };
    growth += sizeBytes - (end - start);
    // A Buffer's own slice() would keep the whole page alive.
    return { ...place, original: new Uint8Array(bytes.subarray(start, end)) };
  });
}

/**
 * The original bytes, from the edited ones and the record of the edits. A record of other bytes is a `bug`.
 */
export function undoEdits(output: Uint8Array, applied: readonly AppliedEdit[]): Uint8Array {
  return spliceBytes(
    output,
    applied.map(({ start, end, original }) => ({ start, end, bytes: original })),
  );
}

function encode(text: string, encoding: Encoding = "utf-8"): Uint8Array {
  // A buffer is made of a short text much faster than an encoder encodes it.
  if (encoding === "utf-8") return Buffer.from(text);
  if (encoding === "utf-16le") return Buffer.from(text, "utf16le");
  if (encoding === "utf-16be") return Buffer.from(text, "utf16le").swap16();
  if (!/^[\0-\x7f]*$/.test(text)) throw new PublishError("bug", `an edit in ${encoding} must be ASCII`);
  return Buffer.from(text);
}

function spliceBytes(bytes: Uint8Array, splices: readonly Splice[]): Uint8Array {
  refuseDisorder(bytes, splices);
  const growth = splices.reduce((sum, splice) => sum + splice.bytes.length - (splice.end - splice.start), 0);
  const spliced = new Uint8Array(bytes.length + growth);
  let from = 0;
  let to = 0;
  for (const splice of splices) {
    spliced.set(bytes.subarray(from, splice.start), to);
    to += splice.start - from;
    spliced.set(splice.bytes, to);
    to += splice.bytes.length;
    from = splice.end;
  }
  spliced.set(bytes.subarray(from), to);
  return spliced;
}

function refuseDisorder(bytes: Uint8Array, places: readonly { start: number; end: number }[]): void {
  let free = 0;
  for (const { start, end } of places) {
    const whole = Number.isInteger(start) && Number.isInteger(end);
    if (!whole || start < free || end < start || end > bytes.length) {
      const problem = `the edit of bytes ${start} to ${end} overlaps the one before it or leaves the page`;
      throw new PublishError("bug", `${problem} (${bytes.length} bytes)`);
    }
    free = end;
  }
}
