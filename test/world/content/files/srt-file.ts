const digits = (count: number, value: number): string => String(value).padStart(count, "0");

const clock = (ms: number): string => {
  const seconds = Math.floor(ms / 1_000);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${parts.map((part) => digits(2, part)).join(":")},${digits(3, ms % 1_000)}`;
};

const captionMs = 3_200;

/** Makes a SubRip caption file: one caption per line, 3.2 seconds each. */
export const srtFile = (lines: readonly string[]): Buffer =>
  Buffer.from(
    lines
      .map((line, at) => `${at + 1}\n${clock(at * captionMs)} --> ${clock((at + 1) * captionMs)}\n${line}\n`)
      .join("\n"),
  );
