const timing =
  /^\s*(\d{1,3}:)?(\d{1,2}):(\d{2})[,.](\d{1,3})\s*-->\s*(\d{1,3}:)?(\d{1,2}):(\d{2})[,.](\d{1,3})/;
const kept = /&lt;(\/?[biu])&gt;/gi;

/**
 * Captions of SubRip as WebVTT (W3C, section 4.1), which browsers show: what has no times is left out, and of
 * markup only bold, italics and underlining stay.
 */
export function srtToVtt(srt: string): string {
  const cues: string[] = [];
  const text = srt.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  for (const block of text.split(/\n(?:[ \t]*\n)+/)) {
    const lines = block.split("\n").filter((line) => line.trim() !== "");
    const at = lines.findIndex((line) => timing.test(line));
    const times = timing.exec(lines[at] ?? "");
    if (times === null) continue;
    const [start, end] = [timeOf(times.slice(1, 5)), timeOf(times.slice(5, 9))];
    const spoken = lines.slice(at + 1).map(escapeLine);
    if (spoken.length > 0) cues.push(`${start} --> ${end}\n${spoken.join("\n")}\n`);
  }
  return ["WEBVTT\n", ...cues].join("\n");
}

function timeOf([hours = "0:", minutes = "", seconds = "", fraction = ""]: readonly string[]): string {
  return [hours.slice(0, -1), minutes, `${seconds}.${fraction.padEnd(3, "0")}`]
    .map((part, index) => (index === 2 ? part : part.padStart(2, "0")))
    .join(":");
}

function escapeLine(line: string): string {
  const plain = line.replace(/<\/?font\b[^<>]*>/gi, "").replace(/\0/g, "\uFFFD");
  return plain.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(kept, "<$1>");
}
