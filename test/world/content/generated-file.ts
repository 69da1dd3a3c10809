import { gifFile } from "./files/gif-file.ts";
import { jpegFile } from "./files/jpeg-file.ts";
import { pdfFile } from "./files/pdf-file.ts";
import { pngFile } from "./files/png-file.ts";
import { srtFile } from "./files/srt-file.ts";
import { seededBytes, seededRandom } from "./seeded-random.ts";
import { seededText } from "./seeded-text.ts";

/**
 * Makes a file of the given media type from a seed: the same bytes for the same seed, valid for its
 * type where we have a writer for it, from a few kB to some 150 kB.
 */
export const generatedFile = (seed: string, mediaType: string): Uint8Array => {
  const random = seededRandom(seed);
  // Sizes spread evenly over their logarithm, as real course files do: many small, few large.
  const sizeBytes = (low: number, high: number): number =>
    Math.round(low * (high / low) ** random.fraction());
  switch (mediaType.split(";")[0]) {
    case "application/pdf":
      return pdfFile([`Document ${seed}`, seededText(random, 12)], sizeBytes(8_000, 150_000));
    case "image/jpeg":
      return jpegFile(seed, 320, 240, sizeBytes(4_000, 60_000));
    case "image/png":
      return pngFile(seed, random.between(40, 300), random.between(40, 200), 2);
    case "image/gif":
      return gifFile(seed);
    case "application/x-subrip":
      return srtFile(Array.from({ length: random.between(150, 900) }, () => seededText(random, 7)));
    case "text/plain":
      return Buffer.from(`${seededText(random, random.between(300, 1_500))}\n`);
    case "text/xml":
    case "application/xml":
      return Buffer.from(
        `<?xml version="1.0"?>\n<text>${seededText(random, random.between(300, 900))}</text>\n`,
      );
    default:
      return seededBytes(seed, sizeBytes(2_000, 100_000));
  }
};
