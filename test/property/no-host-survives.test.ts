import { globSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findLeaks } from "../../engine/crawl/find-leaks.ts";
import { parseSitePath } from "../../engine/model/site-path.ts";
import { mirrorEdition } from "../../engine/render/mirror-edition.ts";
import { renderDocument } from "../../engine/render/render-document.ts";
import type { SiteView, Whereabouts } from "../../engine/render/site-view.ts";
import { webEdition } from "../../engine/render/web-edition.ts";
import { exportFolder, hasExport } from "../world/content/export-folder.ts";
import { readPloneExport } from "../world/content/plone-export.ts";
import { tagSoup } from "./markup-soup.ts";

const publicUrl = "https://ocw.example.edu";
const origin = "http://cms.example.edu:8080";
const hosts = ["cms.example.edu:8080", "ocwcms.example.edu", "ocwcms.mit.edu", "ocwpcms2.mit.edu", "oldcms"];
const source = { origin, hosts, canonical: (url: URL) => url };
const editions = [
  webEdition([{ suffix: ".zip", to: "/zips" }]),
  mirrorEdition({
    edition: "mirror/all",
    publicUrl,
    names: { claim: async (_kind, _path, [wanted = ""]) => wanted },
    amendments: [],
  }),
];

/** A site on which every URL leads somewhere, each kind of place often. */
const view: SiteView = {
  async find(url): Promise<Whereabouts> {
    const path = parseSitePath(`/c/${url.length}/index.htm`);
    if (url.length % 4 === 0) return { kind: "here", path, form: "page", url };
    if (url.length % 4 === 1) return { kind: "elsewhere", url: "https://a.example/" };
    return { kind: url.length % 4 === 2 ? "away" : "gone", url };
  },
  media: async () => ({ captions: [] }),
};

// Mail goes on reaching people, and a longer name is another host; a bare word may be anything.
const leaked = String.raw`cms\.example\.edu(?::|%3A)8080|ocwp?cms2?\.(?:example|mit)\.edu`;
const survivor = new RegExp(
  String.raw`(?<![\w@]|[a-z0-9][.-])(?:${leaked})(?!\w|[-.][a-z0-9])|(?<!:)\/\/oldcms(?![\w.-])`,
  "i",
);

/** All that still names a host of the source in the editions of a document. */
async function survivorsIn(bytes: Uint8Array, mediaType: string, charset?: string): Promise<string[]> {
  const found: string[] = [];
  for (const rules of editions) {
    const document = {
      sourceUrl: `${origin}/c/a`,
      path: parseSitePath("/c/a.b/index.htm"),
      form: "page",
    } as const;
    const settings = { source, publicUrl, rules };
    const rendered = await renderDocument(bytes, mediaType, charset, document, view, settings);
    const text = new TextDecoder(charset).decode(rendered);
    const [named] = survivor.exec(text) ?? [];
    if (named !== undefined) found.push(`${named} in ${rules.edition}: ${text.slice(0, 2_000)}`);
  }
  return found;
}

const named = fc
  .tuple(
    fc.constantFrom(
      ...[
        "http://",
        "https://",
        "//",
        "HTTP:\\/\\/",
        "https%3A%2F%2F",
        "%2f%2f",
        "http://ann:secret@",
        "ftp://",
      ],
      ...["", "(", "é", "&quot;", "%22", "\\n", "\\u002f", "/", "?u=", "...", "http:/", "&#47;&#47;", "--"],
    ),
    fc.constantFrom(...hosts, "CMS.example.edu%3A8080", "OCWCMS.MIT.EDU", "ocwcms.mit.edu:81", "oldcms:99"),
    fc.constantFrom(
      "",
      "/",
      "/a b",
      "/login?came_from=http://ocwcms.mit.edu/x",
      ".",
      ",",
      "\\/a",
      "%2Fa",
      "#f",
      "&",
    ),
  )
  .map((parts) => parts.join(""));
const around = fc.constantFrom<(text: string) => string>(
  (text) => ` ${text} `,
  (text) => `<a href="${text}">${text}</a>`,
  (text) => `<a href='/x/${text}'>`,
  (text) => `<img src=${text} srcset="${text} 2x, /a.png?${text} 3x">`,
  (text) => `<script>x="${text}"</script>`,
  (text) => `<!-- ${text} -->`,
  (text) => `<base href="${text}">`,
  (text) => `<p style="a:url(${text})">`,
  (text) => `<style>@import "${text}"; /* ${text} */</style>`,
  (text) => `<meta http-equiv=refresh content="0;url=${text}"><meta property="og:url" content="${text}">`,
  (text) => `<applet codebase="${text}" archive="a.jar,${text}"></applet>`,
  (text) => `<form action="${text}"><input value="${text}"></form>`,
  (text) => `<loc>${text}</loc><link><![CDATA[${text}]]></link>`,
  (text) => `b{c:url(${text})} @import '${text}';`,
);
const page = fc
  .array(
    fc.oneof(
      tagSoup,
      fc.tuple(around, named).map(([put, text]) => put(text)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

describe("no host of the source survives", () => {
  it("in pages, feeds and style sheets of any markup and encoding", async () => {
    await fc.assert(
      fc.asyncProperty(
        page,
        fc.constantFrom("text/html", "text/css", "application/rss+xml"),
        fc.constantFrom("utf-8", "utf-16le", "windows-1252", "shift_jis"),
        async (text, mediaType, charset) => {
          const encoding = charset === "utf-16le" || charset === "utf-8" ? charset : "latin1";
          expect(await survivorsIn(Buffer.from(text, encoding), mediaType, charset)).toEqual([]);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("in the golden pages", async () => {
    const files = globSync("test/golden/**/*.{html,css,xml}");
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) {
      const mediaType = `text/${file.split(".").at(-1)}`;
      expect(await survivorsIn(readFileSync(file), mediaType), file).toEqual([]);
    }
  });

  it.runIf(hasExport)("in the pages of the Plone export, whose leak is told with its place", async () => {
    const { modules } = await readPloneExport(exportFolder);
    const leaks = new Set<string>();
    for (const object of modules.flatMap((module) => module.objects)) {
      if (object.kind !== "page") continue;
      const bytes = Buffer.from(object.html);
      expect(await survivorsIn(bytes, "text/html", "utf-8"), object.path).toEqual([]);
      for (const leak of findLeaks(bytes, "text/html", "utf-8", hosts)) {
        expect(object.html.split(/\r\n?|\n/)[leak.line - 1]?.slice(leak.column - 1)).toContain(leak.text);
        leaks.add(leak.text);
      }
    }
    expect([...leaks]).toContain("https://ocwcms.mit.edu/images/a_logo_17.gif");
  });
});
