import fc from "fast-check";
import { expect, it } from "vitest";
import type { SitePath } from "../../engine/model/site-path.ts";
import type { RenderSettings } from "../../engine/render/edition.ts";
import { renderDocument } from "../../engine/render/render-document.ts";
import { webEdition } from "../../engine/render/web-edition.ts";
import { cms, mirrorWith, publicUrl, source, view } from "../unit/engine/render/amend/render-amended.ts";

const piece = fc.constantFrom(
  ..."? # : / // . .. \\ a b.htm away http https mailto courses %20 &amp; &#9; &#32; &#233; y=1".split(" "),
  `${cms}/courses/`,
  publicUrl,
  "//other.example",
);
const raw = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));
const path = fc.constantFrom(..."/courses/a/b /courses/a/c /courses/a/b/d /courses/a/b?x=1".split(" "));
const base = fc.constantFrom("", "b/", "mailto:a", `${cms}/courses/a/`, "?x=1");
const page = fc.record({ path, base, raws: fc.array(raw, { minLength: 1, maxLength: 8 }) });

interface Page {
  readonly path: string;
  readonly base: string;
  readonly raws: readonly string[];
}

it.each([
  ["mirror", () => mirrorWith([])],
  ["web", () => webEdition([])],
])("a page of the %s edition is the same whatever was rendered before it", async (_, rulesOf) => {
  const render = async ({ path: at, base: href, raws }: Page, settings: RenderSettings) => {
    const links = raws.map(
      (each) => `<a href="${each}">a</a><form action="${each}"></form><img src="${each}">`,
    );
    const html = `<base href="${href}">${links.join("\n")}`;
    const file = `${at.replace("?", "~")}/index.htm` as SitePath;
    const document = { sourceUrl: cms + at, path: file, form: "page" } as const;
    const bytes = await renderDocument(Buffer.from(html), "text/html", "utf-8", document, view, settings);
    return Buffer.from(bytes).toString();
  };
  await fc.assert(
    fc.asyncProperty(fc.array(page, { minLength: 2, maxLength: 6 }), async (pages) => {
      const shared = { source, publicUrl, rules: rulesOf() };
      for (const each of pages)
        expect(await render(each, shared)).toBe(await render(each, { source, publicUrl, rules: rulesOf() }));
    }),
    { numRuns: 400 },
  );
});
