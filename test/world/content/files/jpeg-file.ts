import { seededBytes } from "../seeded-random.ts";

const segment = (marker: number, content: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
};

const commentBytesMax = 60_000;

const comments = (seed: string, sizeBytes: number): Buffer[] => {
  const bytes = seededBytes(seed, Math.max(0, sizeBytes));
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += commentBytesMax) {
    parts.push(segment(0xfe, bytes.subarray(at, at + commentBytesMax)));
  }
  return parts;
};

const huffmanTable = (slot: number, codeLengths: readonly number[], symbols: readonly number[]): Buffer =>
  segment(0xc4, Buffer.from([slot, ...codeLengths, ...symbols]));

const sixteen = (...counts: readonly number[]): number[] =>
  [...counts, ...new Array<number>(16).fill(0)].slice(0, 16);

/**
 * The scan of one grey level: the first 8×8 block carries the level (code `10` and six bits), all
 * others say "no difference, no detail" (code `0`, code `0`); padded with ones (ITU-T T.81 §F.1.2).
 */
const greyScan = (level: number, blocks: number): Buffer => {
  const bits = `10${(level & 63).toString(2).padStart(6, "0")}0${"00".repeat(blocks - 1)}`;
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1");
  return Buffer.from((padded.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
};

/** Makes a valid baseline JPEG of one seeded grey; seeded comments bring it to about `sizeBytes`. */
export const jpegFile = (seed: string, width: number, height: number, sizeBytes = 2_000): Buffer => {
  const frame = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 1);
  frame.writeUInt16BE(width, 3);
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  const level = seededBytes(seed, 1)[0] ?? 0;
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, Buffer.from("JFIF\0\x01\x01\0\0\x01\0\x01\0\0", "latin1")),
    ...comments(seed, sizeBytes - 400),
    segment(0xdb, Buffer.from([0, ...new Array<number>(64).fill(8)])),
    segment(0xc0, frame),
    huffmanTable(0x00, sixteen(1, 1), [0, 6]),
    huffmanTable(0x10, sixteen(1), [0]),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    greyScan(level, blocks),
    Buffer.from([0xff, 0xd9]),
  ]);
};
