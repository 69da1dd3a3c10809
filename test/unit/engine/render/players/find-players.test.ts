import { describe, expect, it } from "vitest";
import { findPlayers, type Player } from "../../../../../engine/render/players/find-players.ts";
import { linkedMedium } from "../../../../../engine/render/players/name-player.ts";
import { pageOf, pageUrl } from "./page-of.ts";

/** The players of a page with the text that each stands for. */
function find(html: string): (Player & { text: string })[] {
  return findPlayers(pageOf(Buffer.from(html))).map((player) => ({
    ...player,
    text: Buffer.from(html).subarray(player.start, player.end).toString(),
  }));
}

const id = "ZK3O402wf1c";

describe("players are found", () => {
  it.each([
    [`<iframe src="https://www.youtube.com/embed/${id}?rel=0"></iframe>`, `youtube:${id}`],
    [`<IFRAME SRC='//www.youtube-nocookie.com/embed/${id}'>no frames <b></IFRAME >`, `youtube:${id}`],
    [`<iframe src=https://youtu.be/${id}></iframe>`, `youtube:${id}`],
    [`<iframe src="https://www.youtube.com/watch?a=1&amp;v=${id}"></iframe>`, `youtube:${id}`],
    [
      `<object><param name="movie" value="http://www.youtube.com/v/${id}&hl=en"><embed src="x.swf"></object>`,
      `youtube:${id}`,
    ],
    [`<object><object data="//youtube.com/v/${id}"></object></object>`, `youtube:${id}`],
    [`<embed src="http://www.youtube.com/v/${id}">`, `youtube:${id}`],
    [
      `<embed src="/jw/player.swf" flashvars="file=http://www.youtube.com/watch?v=${id}&image=/c/i.jpg">`,
      `youtube:${id}`,
    ],
    [`<iframe src="https://archive.org/embed/MIT18.06S05_MP4"></iframe>`, "archive:MIT18.06S05_MP4"],
    [`<iframe src="https://archive.org/embed/MIT18.06/a%20b.mp4"></iframe>`, "archive:MIT18.06/a%20b.mp4"],
    [
      `<video><source src="http://www.archive.org/download/MIT18.06/04.mp4"></video>`,
      "archive:MIT18.06/04.mp4",
    ],
    [
      `<iframe src="https://www.youtube.com/embed/videoseries?list=PL1"></iframe>`,
      expect.stringMatching(/^https/),
    ],
  ])("in %s", (html, key) => {
    expect(find(`<p>\u00e9 ${html}</p>`)).toMatchObject([{ isNative: false, key, text: html }]);
  });

  it("in calls of the legacy pages, with picture, part and captions", () => {
    const script = `<script type="text/javascript">
      ocw_embed_chapter_media('96217260lecture1', 'https://www.youtube.com/v/${id}', 'youtube',
        '/c/a/lecture-1', 'https://img.youtube.com/vi/${id}/0.jpg', 30, 95, '/c/a/${id}.srt');</script>`;
    expect(find(`<div id="96217260lecture1"></div>${script}`)).toMatchObject([
      {
        isNative: false,
        key: `youtube:${id}`,
        text: script,
        part: "t=30,95",
        files: [`https://img.youtube.com/vi/${id}/0.jpg`, `http://cms.example/c/a/${id}.srt`],
      },
    ]);
  });

  it("with their size and title, and the part they play", () => {
    const src = `https://www.youtube.com/embed/${id}?start=12&end=x`;
    expect(find(`<iframe width=560 height="100%" title="A &amp; B" src="${src}"></iframe>`)).toMatchObject([
      { width: "560", title: "A & B", part: "t=12" },
    ]);
    expect(find(`<iframe height="100%" src="${src}"></iframe>`)[0]?.height).toBe("");
  });

  it("as calls that name files of the site alone", () => {
    const script = `<script>jwplayer('x').setup({file: '/c/a/v.mp4', image: '/c/a/v.jpg'})</script>`;
    expect(find(script)).toMatchObject([
      { key: `${pageUrl}v.mp4`, files: [`${pageUrl}v.jpg`], text: script },
    ]);
  });

  it.each([
    ["http://www.archive.org/download/MIT18.06/04.mp4", "archive:MIT18.06/04.mp4"],
    [`https://youtu.be/${id}`, `youtube:${id}`],
    ["https://www.youtube.com/user/MIT", undefined],
    ["https://archive.org/details/MIT18.06", undefined],
    ["https://archive.org/details/MIT18.06/04.mp4", undefined],
    ["https://archive.org/download/MIT18.06/a.zip", undefined],
    ["https://example.org/04.mp4", undefined],
  ])("behind the link %s: %s", (link, key) => {
    expect(linkedMedium(new URL(link))).toBe(key);
  });

  it("as elements of the page's own, unless they have captions that no browser would read", () => {
    const video = `<video src="v.mp4" poster=p.jpg></video>`;
    expect(find(video)).toMatchObject([
      { isNative: true, key: `${pageUrl}v.mp4`, files: [`${pageUrl}p.jpg`], text: video },
    ]);
    const [captioned] = find(`<video src="v.mp4"><track src="v.vtt"></video>`);
    expect(captioned).toMatchObject({ isNative: false, files: [`${pageUrl}v.vtt`] });
  });

  it("nowhere else", () => {
    const html = `<!-- <iframe src="https://youtu.be/${id}"></iframe> -->
      <p title='<iframe src="https://youtu.be/${id}">'>youtu.be/${id}</p>
      <textarea><iframe src="https://youtu.be/${id}"></iframe></textarea>
      <script>var a = '<iframe src="https://youtu.be/${id}"></iframe>'</script>
      <script>function ocw_embed_media(a, b) { return 'http://www.youtube.com/v/${id}' }</script>
      <!x <iframe src="https://youtu.be/${id}"> <?x <iframe src="https://youtu.be/${id}">
      </ <iframe src="https://youtu.be/${id}"> <a href="https://youtu.be/${id}">x</a>
      <iframe src="/c/b/"></iframe>
      <img src="https://img.youtube.com/vi/${id}/0.jpg">
      <iframe src="https://youtube.com.example/embed/${id}">`;
    expect(find(html)).toEqual([]);
  });

  it("at the end of a page that closes none", () => {
    expect(find(`<iframe src="https://youtu.be/${id}">`)).toMatchObject([{ key: `youtube:${id}` }]);
    expect(find(`<object data="//youtu.be/${id}"><p>b<embed src=x><p>rest`)[0]?.text).toMatch(
      /<embed src=x>$/,
    );
    expect(find(`<iframe src="https://youtu.be/${id}`)).toEqual([]);
  });

  it("without what follows a player that nobody closed", () => {
    const [object, iframe] = [
      `<object data="//youtu.be/${id}">`,
      `<iframe src=//youtu.be/a2345678901></iframe>`,
    ];
    const rest = `<p>text <a href="/b">b</a><script src="//www.youtube.com/iframe_api"></script>`;
    expect(find(`${object}<param name=a>${rest}${iframe}${rest}`)).toMatchObject([
      { key: `youtube:${id}`, text: `${object}<param name=a>` },
      { key: "youtube:a2345678901", text: iframe },
    ]);
    const video = `<video src=v.mp4><source src=w.mp4>`;
    expect(find(`${video}${rest}`)).toMatchObject([{ key: `${pageUrl}v.mp4`, text: video }]);
  });

  it("in time linear in the size of a page of unclosed and nested players", () => {
    const count = 20_000;
    expect(find(`${"<object>".repeat(count)}<video src=v.mp4>`)).toHaveLength(1);
    expect(find(`${"<object>".repeat(count)}<video src=v.mp4>${"</object>".repeat(count)}`)).toEqual([]);
  });
});
