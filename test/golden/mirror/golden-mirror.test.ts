import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { SitePath } from "../../../engine/model/site-path.ts";
import { mirrorAmendments } from "../../../engine/render/amend/mirror-amendments.ts";
import { mirrorEdition } from "../../../engine/render/mirror-edition.ts";
import { renderDocument } from "../../../engine/render/render-document.ts";
import type { SiteView, Whereabouts } from "../../../engine/render/site-view.ts";

const folder = fileURLToPath(new URL("./pages/", import.meta.url));
const cms = "http://cms.example.edu:8080";
const publicUrl = "https://ocw.example.edu";
const amendments = mirrorAmendments({
  publicUrl,
  settings: {
    onlineOnly: [
      { select: "#portal-searchbox" },
      { select: ".share", replacement: "<!-- was: share \u2026 -->" },
      { select: 'script:contains("_gaq")' },
      { url: /^https?:\/\/www\.google-analytics\.com\//u },
    ],
  },
});
const rules = mirrorEdition({
  edition: "mirror/all",
  publicUrl,
  names: { claim: async (_kind, _path, [wanted = ""]) => wanted },
  amendments,
});

/** Everything but course c is here; pages of the CMS are folders. */
const view: SiteView = {
  async find(url): Promise<Whereabouts> {
    if (url.startsWith("/courses/c/")) return { kind: "away", url };
    if (url.includes("?v=1&w=2"))
      return { kind: "here", form: "file", path: at("/courses/a/b/notes~1a.pdf"), url };
    const isFile = /\.\w+$/.test(url);
    return { kind: "here", form: "page", path: at(isFile ? url : `${url.split("?")[0]}/index.htm`), url };
  },
  media: async () => ({ captions: [] }),
};

function at(path: string): SitePath {
  return decodeURI(path) as SitePath;
}

test("a page as authors made them in 2004 becomes just this page of the mirror", async () => {
  const canonical = (url: URL): URL => {
    url.pathname = url.pathname.replace(/(?<=.)\/(?:index\.htm)?$/, "");
    return url;
  };
  const source = { origin: cms, hosts: [new URL(cms).host], canonical };
  const path = at("/courses/a/b/lectures/index.htm");
  const document = { sourceUrl: `${cms}/courses/a/b/lectures`, path, form: "page" } as const;
  const bytes = readFileSync(`${folder}page.cms.html`);
  const settings = { source, publicUrl, rules };
  const rendered = await renderDocument(bytes, "text/html", undefined, document, view, settings);
  const golden = readFileSync(`${folder}page.mirror.html`);
  expect(Buffer.from(rendered).toString("latin1")).toBe(golden.toString("latin1"));
});
