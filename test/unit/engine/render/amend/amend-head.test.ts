import { describe, expect, test } from "vitest";
import { amendHead } from "../../../../../engine/render/amend/amend-head.ts";
import { publicUrl, renderBytes } from "./render-amended.ts";

const charset = '<meta charset="utf-8"/>';
const robots = '<meta name="robots" content="noindex"/>';
const canonical = `<link rel="canonical" href="${publicUrl}/courses/a/b"/>`;
const style = '<link rel="stylesheet" href="../../../about-this-copy/style.css"/>';
const all = robots + canonical + style;
const amended = (html: string, ...how: [charset?: string, mediaType?: string]) =>
  renderBytes(html, [amendHead(publicUrl)], ...how);

describe("the head of a page gets what a copy needs", () => {
  // The place at which it stands is marked.
  test.each([
    ["behind its tag", "<!DOCTYPE html>\n<html lang=en>\n<HEAD profile='>'>|<title>x</title>"],
    ["behind the comments before its tag", "<!doctype html><!-- <head> --><html><!--x--><head>|"],
    ["behind the tag of the page", "<!DOCTYPE html><html>|<title>x</title><body>"],
    ["before a frameset", "<!DOCTYPE html><html>|<frameset cols=*><frame></frameset>"],
    ["behind the doctype", "<!DOCTYPE html>|<title>x</title><p>"],
    ["behind a doctype that follows a comment", "<!-- x -->\r\n<!DOCTYPE html PUBLIC 'a' \"b\">|<p>"],
    ["behind the mark of its encoding", "\xef\xbb\xbf|<p>x"],
    ["before its text", "|Hello"],
    ["not where a script names it", "|<script>'<head>'</script>"],
    ["in XHTML", '<?xml version="1.0"?><!DOCTYPE html><html><head>|<title/></head></html>'],
  ])("%s", async (_, marked) => {
    const added = marked.startsWith("\xef") ? all : charset + all;
    expect(await amended(marked.replace("|", ""))).toBe(marked.replace("|", added));
  });

  test.each(["", " \n", '<?xml version="1.0"?><p xmlns="http://www.w3.org/1999/xhtml"/>'])(
    "but not %j, which has no place for it",
    async (html) => {
      expect(await amended(html)).toBe(html);
    },
  );

  test("whatever the length of what stands before it", async () => {
    const html = `<html ${"a".repeat(9_000_000)}>`;
    expect((await amended(`${html}<p>`)).slice(html.length)).toBe(`${charset}${all}<p>`);
    expect(await amended(html.slice(0, -1))).toContain(all);
  });

  test("in utf-16", async () => {
    const utf16 = (text: string) => Buffer.from(text, "utf16le").toString("latin1");
    expect(await amended(utf16("\ufeff<html><head><p>"))).toBe(utf16(`\ufeff<html><head>${all}<p>`));
  });
});

describe("the head of a page keeps", () => {
  const told = "<meta charset=utf-8>";

  test("a tag that hides it, and loses one that does not", async () => {
    const hidden = `${told}<META content="NoIndex, nofollow" name=ROBOTS>`;
    expect(await amended(`<head>${hidden}</head>`)).toBe(`<head>${canonical}${style}${hidden}</head>`);
    const shown = '<meta name="robots" content="index"/>';
    expect(await amended(`<head>${told}${shown}</head>`)).toBe(`<head>${all}${told}</head>`);
    const others = `<!--${shown}--><script>'${shown}'</script>`;
    expect(await amended(`<head>${told}${others}</head>`)).toBe(`<head>${all}${told}${others}</head>`);
    expect(await amended(`<head>${told}<body>${shown}`)).toBe(`<head>${all}${told}<body>${shown}`);
  });

  test.each([
    ["/courses/a/b/", `${publicUrl}/courses/a/b`],
    [`http://cms.example:8080/courses/a/b`, `${publicUrl}/courses/a/b`],
    [`${publicUrl}/courses/a/b`, `${publicUrl}/courses/a/b`],
    ["https://other.example.org/a", "https://other.example.org/a"],
  ])("its canonical URL %s, on the live site", async (written, live) => {
    const page = (url: string, added: string) =>
      `<head>${added}${told}<link href="${url}" rel='canonical shortlink'></head>`;
    expect(await amended(page(written, ""))).toBe(page(live, robots + style));
  });

  test("its encoding: that of the server if the page tells none, another, or too late", async () => {
    const latin1 = '<meta charset="windows-1252"/>';
    expect(await amended("<head>\xe9", "iso-8859-1")).toBe(`<head>${latin1}${all}\xe9`);
    expect(await amended(`<head>${told}\xe9`, "iso-8859-1")).toBe(`<head>${latin1}${all}${told}\xe9`);
    const late = `<head><title>${"x".repeat(900)}</title><meta charset=iso-8859-1>`;
    expect(await amended(`${late}\xe9`)).toBe(`${late.replace(">", `>${latin1}${all}`)}\xe9`);
    const soon = "<head><meta http-equiv=content-type content='text/html; charset=ISO-8859-1'>\xe9";
    expect(await amended(soon)).toBe(soon.replace(">", `>${all}`));
  });
});
