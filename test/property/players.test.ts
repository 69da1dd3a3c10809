import fc from "fast-check";
import { expect, it } from "vitest";
import { digestOf } from "../../engine/model/digest.ts";
import { parseSitePath } from "../../engine/model/site-path.ts";
import { findPlayers } from "../../engine/render/players/find-players.ts";
import { playerAmendment } from "../../engine/render/players/player-amendment.ts";
import { pageOf } from "../unit/engine/render/players/page-of.ts";
import { tagSoup } from "./markup-soup.ts";

const piece = fc.constantFrom(
  '<iframe src="//youtu.be/ZK3O402wf1c">',
  "</iframe>",
  "<object data=http://youtube.com/v/ZK3O402wf1c>",
  "</object>",
  "<video src=a.mp4>",
  "</video>",
  '<a href="https://archive.org/download/a/b.mp4">',
  "<script>jwplayer('x').setup({file: 'https://youtu.be/ZK3O402wf1c'})",
  "</script>",
  "<!--",
  "-->",
);
const soup = fc.array(fc.oneof(piece, tagSoup), { maxLength: 12 }).map((pieces) => pieces.join(""));

it("players of any page stand one after the other within it, and give way to ASCII", async () => {
  await fc.assert(
    fc.asyncProperty(soup, async (html) => {
      const page = pageOf(Buffer.from(html));
      let behind = 0;
      for (const { start, end } of findPlayers(page)) {
        expect(start).toBeGreaterThanOrEqual(behind);
        expect(end).toBeGreaterThan(start);
        behind = end;
      }
      expect(behind).toBeLessThanOrEqual(Buffer.byteLength(html));
      const edits = await playerAmendment().amend(page, {
        find: async (url) => ({ kind: "away", url }),
        media: async () => ({ captions: [], title: "\u00e9\ud83c\udfac", address: "http://\u00e9/" }),
      });
      for (const { replacement } of edits) expect(replacement).toMatch(/^[\0-~]*$/);
    }),
  );
});

it("captions of a page take no more room than a page may", async () => {
  const page = pageOf(Buffer.from('<iframe src="//youtu.be/ZK3O402wf1c"></iframe>'.repeat(20)));
  const text = Buffer.alloc(2 ** 20, "WEBVTT\n");
  const captions = [{ digest: digestOf(text), size: text.length, read: async () => text }];
  const edits = await playerAmendment().amend(page, {
    find: async (url) => ({ kind: "away", url }),
    media: async () => ({ captions, video: parseSitePath("/v.mp4") }),
  });
  expect(edits).toHaveLength(20);
  expect(edits.filter(({ replacement }) => replacement.includes("<track"))).toHaveLength(8);
});
