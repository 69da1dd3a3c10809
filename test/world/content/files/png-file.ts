import { crc32, deflateSync } from "node:zlib";
import { seededBytes } from "../seeded-random.ts";

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const chunk = (name: string, content: Buffer): Buffer => {
  const named = Buffer.concat([Buffer.from(name, "latin1"), content]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(content.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
};

/** Makes a valid RGB PNG (PNG third edition, §5 and §11) of squares whose colours come from the seed. */
export const pngFile = (seed: string, width: number, height: number, squarePixels = 8): Buffer => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const across = Math.ceil(width / squarePixels);
  const colours = seededBytes(seed, across * Math.ceil(height / squarePixels) * 3);
  const rowBytes = 1 + width * 3;
  const pixels = Buffer.alloc(rowBytes * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const square = Math.floor(y / squarePixels) * across + Math.floor(x / squarePixels);
      colours.copy(pixels, y * rowBytes + 1 + x * 3, square * 3, square * 3 + 3);
    }
  }
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(pixels)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
};
