import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { trapIn } from "../../../../engine/crawl/trap.ts";
import { whyWrongType } from "../../../../engine/crawl/wrong-type.ts";

describe("traps", () => {
  it.each([
    "/a/b/a/b/page",
    "/courses/x/a/b/c/a/b/c",
    "/infra/www/infra/www/infra",
    "/a/a/a/page",
    "/courses/waves/waves/page",
    `/${Array.from({ length: 50 }, (_, index) => index).join("/")}`,
  ])("are paths as %s", (path) => {
    expect(trapIn(path, "/courses/waves")).toBeDefined();
  });

  it.each(["/a/b/a/c/b/page", "/notes/notes/page", "/a", "/", "/1/2/1/3/1", "/a//b"])(
    "are not paths as %s",
    (path) => {
      expect(trapIn(path, "/courses/waves")).toBeUndefined();
    },
  );

  it("are found wherever two names or more come twice in a row", () => {
    const names = fc.array(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 2, maxLength: 5 });
    const around = fc.array(fc.stringMatching(/^[A-Z]{1,3}$/), { maxLength: 5 });
    fc.assert(
      fc.property(around, names, around, (before, repeated, after) => {
        expect(trapIn(`/${[...before, ...repeated, ...repeated, ...after].join("/")}`, "/m")).toBeDefined();
      }),
    );
  });
});

const start = (text: string) => Buffer.from(text);

describe("an answer of the wrong type", () => {
  it.each(["/a/b.pdf", "/a/b.PDF", "/a/b.zip?x=1", "/a/style.css"])("is a web page at %s", (url) => {
    expect(whyWrongType({ url }, { mediaType: "text/html" }, start("<p>"))).toContain("login or error page");
  });

  it.each(["\n<!DOCTYPE html><p>", "<HTML>", "\uFEFF<html lang=en>"])("is a picture that says %j", (text) => {
    expect(whyWrongType({ url: "/a/b" }, { mediaType: "image/png" }, start(text))).toContain("image/png");
  });

  it("is not a page with a dot in its name, nor one that the source declares", () => {
    const html = { mediaType: "text/html" };
    expect(whyWrongType({ url: "/a/31.6-non-slip-condition" }, html, start("<p>"))).toBeUndefined();
    expect(whyWrongType({ url: "/a/b.pdf", form: "page" }, html, start("<p>"))).toBeUndefined();
    expect(whyWrongType({ url: "/a/b.pdf/view" }, html, start("<p>"))).toBeUndefined();
    expect(whyWrongType({ url: "/a/b.svg" }, { mediaType: "image/svg+xml" }, start("<svg>"))).toBeUndefined();
    expect(whyWrongType({ url: "/a/b.txt" }, { mediaType: "text/plain" }, start("<html>"))).toBeUndefined();
  });
});
