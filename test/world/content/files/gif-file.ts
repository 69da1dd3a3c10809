import { seededBytes } from "../seeded-random.ts";

/** Makes a valid one-pixel GIF89a whose colour and comment (GIF89a §24) come from the seed. */
export const gifFile = (seed: string): Buffer => {
  const colour = seededBytes(seed, 3);
  const comment = Buffer.from(seed.slice(0, 200), "latin1");
  return Buffer.concat([
    Buffer.from("GIF89a", "latin1"),
    Buffer.from([1, 0, 1, 0, 0x80, 0, 0]),
    colour,
    Buffer.from([0xff, 0xff, 0xff]),
    Buffer.from([0x21, 0xfe, comment.length]),
    comment,
    Buffer.from([0]),
    Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0, 0x3b]),
  ]);
};
