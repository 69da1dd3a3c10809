import { expect, it } from "vitest";
import { parseSitePath } from "../../../../engine/model/site-path.ts";
import { purgeUrlsOf, readerUrlOf } from "../../../../engine/purge/purge-urls.ts";

const origin = "https://ocw.example.edu";

it("purges a folder page under every form that readers use", () => {
  expect(purgeUrlsOf(origin, parseSitePath("/courses/x/syllabus/index.htm"))).toEqual([
    "https://ocw.example.edu/courses/x/syllabus",
    "https://ocw.example.edu/courses/x/syllabus/",
    "https://ocw.example.edu/courses/x/syllabus/index.htm",
  ]);
});

it("percent-encodes as browsers ask", () => {
  expect(purgeUrlsOf(origin, parseSitePath("/portal_css/Plone Default/é.css"))).toEqual([
    "https://ocw.example.edu/portal_css/Plone%20Default/%C3%A9.css",
  ]);
});

it("knows the front page", () => {
  expect(purgeUrlsOf(origin, parseSitePath("/index.htm"))).toEqual([
    "https://ocw.example.edu/",
    "https://ocw.example.edu/index.htm",
  ]);
});

it("proves where readers end", () => {
  expect(readerUrlOf(origin, parseSitePath("/a/index.htm"))).toBe("https://ocw.example.edu/a/");
  expect(readerUrlOf(origin, parseSitePath("/a/b.pdf"))).toBe("https://ocw.example.edu/a/b.pdf");
});
