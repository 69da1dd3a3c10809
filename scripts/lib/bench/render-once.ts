// Reads the pages of a folder one way, as a process of its own: render-once.ts WAY FOLDER COUNT. `ours` makes
// the mirror edition of each, `cheerio` rewrites its links and writes it anew, `tokenizer` only reads it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "cheerio";
import { Tokenizer } from "htmlparser2";
import { idleCallbacks } from "../../../engine/markup/idle-callbacks.ts";
import { parseSitePath, type SitePath } from "../../../engine/model/site-path.ts";
import { mirrorEdition, relativeUrl } from "../../../engine/render/mirror-edition.ts";
import { renderDocument } from "../../../engine/render/render-document.ts";
import type { SiteView } from "../../../engine/render/site-view.ts";

const [way = "", folder = "", count = ""] = process.argv.slice(2);
const origin = "http://source.example";
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .sort()
  .filter((name) => name.endsWith(".html"))
  .map((name) => parseSitePath(`/${name}`));
const known = new Set<string>(files);

const view: SiteView = {
  find: async (url) =>
    known.has(url) ? { kind: "here", path: url as SitePath, form: "page", url } : { kind: "away", url },
  media: async () => ({ captions: [] }),
};
const rules = mirrorEdition({
  edition: "mirror/all",
  publicUrl: "https://site.example",
  names: { claim: async (_kind, path) => path },
  amendments: [],
});
const settings = {
  source: { origin, hosts: [], canonical: (url: URL) => url },
  publicUrl: "https://site.example",
  rules,
};

/** What a page is made of, in bytes. */
async function render(path: SitePath, bytes: Buffer): Promise<number> {
  if (way === "ours") {
    const document = { sourceUrl: origin + path, path, form: "page" } as const;
    return (await renderDocument(bytes, "text/html", "utf-8", document, view, settings)).length;
  }
  const text = bytes.toString("utf8");
  if (way === "tokenizer") {
    const tokenizer = new Tokenizer({}, idleCallbacks);
    tokenizer.write(text);
    tokenizer.end();
    return text.length;
  }
  const page = load(text);
  for (const [element, attribute] of [
    ["a, area, link", "href"],
    ["img, script, iframe, frame", "src"],
  ] as const)
    page(`:is(${element})[${attribute}]`).each((_, found) => {
      const url = new URL(page(found).attr(attribute) ?? "", origin + path);
      if (known.has(url.pathname))
        page(found).attr(attribute, relativeUrl(path, url.pathname as SitePath) + url.hash);
    });
  return page.html().length;
}

let read = 0;
let written = 0;
for (const path of files.slice(0, Number(count))) {
  const bytes = readFileSync(join(folder, path));
  read += bytes.length;
  written += await render(path, bytes);
}
process.stdout.write(`${JSON.stringify({ read, written })}\n`);
