import fc from "fast-check";
import { expect, it } from "vitest";
import { srtToVtt } from "../../engine/render/players/srt-to-vtt.ts";

const two = (value: number): string => String(value).padStart(2, "0");
const moment = fc
  .tuple(fc.nat(99), fc.nat(59), fc.nat(59), fc.nat(999))
  .map(
    ([hours, minutes, seconds, ms]) =>
      `${two(hours)}:${two(minutes)}:${two(seconds)},${String(ms).padStart(3, "0")}`,
  );
const line = fc
  .string({ unit: "grapheme", maxLength: 30 })
  .filter((text) => /^[^\r\n\0]*[^\s]/u.test(text) && !/[\r\n\0]/.test(text));
const cue = fc.record({ start: moment, end: moment, lines: fc.array(line, { minLength: 1, maxLength: 3 }) });

const unit = fc.constantFrom(..."01:,.\n\r <b&", "00:01", " --> ");

/** What a reader of WebVTT understands of a text between tags. */
const plain = (text: string): string =>
  text
    .replace(/<\/?[biu]>/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");

it("captions keep every cue, its times and its text, whatever stands in them", () => {
  fc.assert(
    fc.property(fc.array(cue), fc.constantFrom("\n", "\r\n"), (cues, end) => {
      const srt = cues.map(({ start, end: stop, lines }, index) =>
        [index + 1, `${start} --> ${stop}`, ...lines, "", ""].join(end),
      );
      const [head, ...blocks] = srtToVtt(`\uFEFF${srt.join("")}`)
        .replace(/\n+$/, "")
        .split("\n\n");
      expect(head).toBe("WEBVTT");
      expect(blocks.map((block) => block.split("\n"))).toEqual(
        cues.map(({ start, end: stop, lines }) => [
          `${start.replace(",", ".")} --> ${stop.replace(",", ".")}`,
          ...lines.map((text) => expect.toSatisfy((written: string) => plain(written) === plainOf(text))),
        ]),
      );
    }),
  );
});

const plainOf = (text: string): string => text.replace(/<\/?font\b[^>]*>/gi, "").replace(/<\/?[biu]>/gi, "");

it("any text gives captions without a time that is none, and never fails", () => {
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 80 }), (text) => {
      const vtt = srtToVtt(text);
      expect(vtt.startsWith("WEBVTT\n")).toBe(true);
      for (const times of vtt.split("\n").filter((each) => each.includes("-->")))
        expect(times).toMatch(/^\d{2,3}:\d\d:\d\d\.\d{3} --> \d{2,3}:\d\d:\d\d\.\d{3}$/);
    }),
  );
});

it("short times, points for commas, markup and other scripts are read as players read them", () => {
  const srt = "1\n0:01,5 --> 1:02.250\n<font color=red>Ça</font> <b>va</b> & <x>\n\n\n2\nno times\n";
  expect(srtToVtt(srt)).toBe("WEBVTT\n\n00:00:01.500 --> 00:01:02.250\nÇa <b>va</b> &amp; &lt;x&gt;\n");
});
