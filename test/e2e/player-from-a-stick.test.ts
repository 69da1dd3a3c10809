import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { applyEdits } from "../../engine/markup/edit.ts";
import { digestOf } from "../../engine/model/digest.ts";
import { parseSitePath } from "../../engine/model/site-path.ts";
import { playerAmendment } from "../../engine/render/players/player-amendment.ts";
import type { MediaWhereabouts } from "../../engine/render/players/player-question.ts";
import { pageOf } from "../unit/engine/render/players/page-of.ts";
import { type Browser, startChromium } from "./chromium.ts";

const srt = "1\n00:00:00,000 --> 00:00:09,000\n\u00bfHola <b>&</b> adi\u00f3s?\n";
const player = '<iframe src="https://www.youtube.com/embed/ZK3O402wf1c" width="320" height="180"></iframe>';
const html =
  `<!DOCTYPE html><meta charset=iso-8859-1><title>x</title><p>caf\u00e9 ${player} after</p>` +
  '<p><iframe src="https://archive.org/embed/MIT18.06"></iframe></p>';

let folder: string;
let browser: Browser;
beforeAll(async () => {
  folder = join(mkdtempSync(join(tmpdir(), "stick-")), "Aulas & v\u00eddeos #1");
  for (const below of ["c/a", "v i"]) mkdirSync(join(folder, below), { recursive: true });
  browser = await startChromium({ width: 800, colorScheme: "light" });
});
afterAll(async () => {
  await browser.close();
  rmSync(join(folder, ".."), { recursive: true });
});

/** The page with its players replaced: the first has a video here, the second has none. */
async function amended(): Promise<Uint8Array> {
  const bytes = Buffer.from(html, "latin1");
  const here: MediaWhereabouts = {
    title: "Le\u00e7on 1",
    video: parseSitePath("/v i/blink #1.webm"),
    captions: [
      {
        digest: digestOf(srt),
        size: srt.length,
        lang: "es",
        label: "Espa\u00f1ol",
        read: async () => Buffer.from(srt),
      },
    ],
  };
  const edits = await playerAmendment().amend(pageOf(bytes, "windows-1252"), {
    find: async (url) => ({ kind: "away", url }),
    media: async ({ key }) => (key.startsWith("youtube:") ? here : { captions: [] }),
  });
  return applyEdits(bytes, edits, "windows-1252");
}

const play = `(async () => {
  const video = document.querySelector("video");
  const track = video.querySelector("track");
  const loaded = new Promise((resolve) => track.addEventListener("load", resolve, { once: true }));
  track.track.mode = "showing";
  if (track.readyState !== 2) await loaded;
  video.muted = true;
  await video.play();
  return {
    played: video.videoWidth,
    shown: video.clientWidth,
    cue: track.track.cues[0].getCueAsHTML().textContent,
    label: track.track.label,
    text: document.body.innerText,
  };
})()`;

it("a player plays from a stick, with its captions, and asks nobody for anything", async () => {
  copyFileSync(new URL("blink.webm", import.meta.url), join(folder, "v i", "blink #1.webm"));
  const file = join(folder, "c", "a", "index.htm");
  writeFileSync(file, await amended());
  const page = await browser.context.newPage();
  const asked: string[] = [];
  const said: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => said.push(message.text()));
  await page.goto(pathToFileURL(file).href);
  const seen = await page.evaluate(play);
  expect(seen).toEqual({
    played: 16,
    shown: 320,
    cue: "\u00bfHola & adi\u00f3s?",
    label: "Espa\u00f1ol",
    text: expect.stringMatching(
      /^caf\u00e9.*Le\u00e7on 1 \u00b7 Video file\s+after.*archive.org\/details\/MIT18.06/s,
    ),
  });
  expect(said).toEqual([]);
  expect(asked.filter((url) => !/^(?:file|data):/.test(url))).toEqual([]);
  await page.close();
});
