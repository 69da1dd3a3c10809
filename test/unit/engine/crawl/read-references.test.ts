import { describe, expect, it } from "vitest";
import { hasReferences, readReferences } from "../../../../engine/crawl/read-references.ts";

const document = new URL("http://cms.example/courses/a/b");
const read = (text: string, mediaType = "text/html", charset?: string) =>
  readReferences(Buffer.from(text, "latin1"), mediaType, charset, document).map(({ url, isLink }) => [
    url?.href,
    isLink,
  ]);

describe("reading references", () => {
  it("resolves against the base of the page, else against its URL", () => {
    expect(read('<base href="/x/y/"><a href="z">')).toEqual([["http://cms.example/x/y/z", true]]);
    expect(read('<a href="z">')).toEqual([["http://cms.example/courses/a/z", true]]);
    expect(read('<base href="http://["><a href="z">')).toEqual([["http://cms.example/courses/a/z", true]]);
  });

  it("tells what a reader follows from what the page needs", () => {
    expect(read('<a href="p"><img src="i"><iframe src="f"></iframe>')).toEqual([
      ["http://cms.example/courses/a/p", true],
      ["http://cms.example/courses/a/i", false],
      ["http://cms.example/courses/a/f", false],
    ]);
  });

  it("leaves out forms, fragments, other schemes and repetitions", () => {
    const page =
      '<form action="send"></form><a href="#top"></a><a href=""></a><a href="mailto:a@b.example"></a>' +
      '<img src="data:image/gif;base64,AAAA"><a href="javascript:void(0)"></a>' +
      '<a href="p"></a><a href="p"></a>';
    expect(read(page)).toEqual([["http://cms.example/courses/a/p", true]]);
  });

  it("keeps what is not a URL, to be reported", () => {
    expect(read('<a href="http://[oops">')).toEqual([[undefined, true]]);
  });

  it("reads style sheets, where everything is needed", () => {
    expect(read('@import "one.css"; p { background: url(two.png) }', "text/css")).toEqual([
      ["http://cms.example/courses/a/one.css", false],
      ["http://cms.example/courses/a/two.png", false],
    ]);
  });

  it("reads the charset that the answer names, and refuses one it cannot read", () => {
    expect(read('<a href="caf\xe9">', "text/html", "iso-8859-1")).toEqual([
      ["http://cms.example/courses/a/caf%C3%A9", true],
    ]);
    expect(() => read("", "text/html", "utf-7")).toThrowError(expect.objectContaining({ code: "corrupt" }));
  });

  it("resolves what stands beside a codebase against that, with a slash behind it or without", () => {
    expect(read('<applet codebase="java" archive="a.jar"></applet>')).toEqual([
      ["http://cms.example/courses/a/java/a.jar", false],
    ]);
  });

  it("is for pages, style sheets and XML only", () => {
    const types = ["text/html", "application/xhtml+xml", "text/css", "image/svg+xml", "application/rss+xml"];
    expect([...types, "text/plain"].map(hasReferences)).toEqual([true, true, true, true, true, false]);
  });
});
