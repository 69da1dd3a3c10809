import { describe, expect, it } from "vitest";
import { findLeaks } from "../../../../engine/crawl/find-leaks.ts";

const hosts = ["cms.example:8080", "ocwcms.example.edu", "localhost"];
const leaksIn = (html: string) => findLeaks(Buffer.from(html), "text/html", undefined, hosts);

describe("the leaks of a page", () => {
  it("are what its authors wrote, each with its place", () => {
    const page = [
      '<base href="http://cms.example:8080/a/">',
      '<p>é 😀 <a href="https://OCWCMS.example.edu/images/a.gif">',
      'cms.example:8080</a> u="http:\\/\\/ocwcms.example.edu\\/b"',
      '<a href="http://localhost/x">localhost</a>',
    ].join("\r\n");
    expect(leaksIn(page)).toEqual([
      { line: 2, column: 18, text: "https://OCWCMS.example.edu/images/a.gif" },
      { line: 3, column: 1, text: "cms.example:8080" },
      { line: 3, column: 25, text: "http:\\/\\/ocwcms.example.edu\\/b" },
      { line: 4, column: 10, text: "http://localhost/x" },
    ]);
  });

  it("are counted in the characters of its own encoding", () => {
    const utf16 = Buffer.from("\ufeffé\n é ocwcms.example.edu", "utf16le");
    expect(findLeaks(utf16, "text/html", undefined, hosts)).toMatchObject([{ line: 2, column: 4 }]);
    const marked = Buffer.from("\ufeffé ocwcms.example.edu");
    expect(findLeaks(marked, "text/css", undefined, hosts)).toMatchObject([{ line: 1, column: 3 }]);
    const japanese = Buffer.from("\x83\x5c ocwcms.example.edu", "latin1");
    expect(findLeaks(japanese, "text/html", "shift_jis", hosts)).toMatchObject([{ line: 1, column: 3 }]);
  });

  it("tell no name or password, and no more than 120 characters of a hundred places", () => {
    const [leak] = leaksIn(`http://ann:secret@ocwcms.example.edu/${"x".repeat(200)}`);
    expect(leak?.text).toBe(`http://ocwcms.example.edu/${"x".repeat(94)}`);
    expect(leaksIn("http%3A%2F%2Fann@ocwcms.example.edu")[0]?.text).toBe("http%3A%2F%2Focwcms.example.edu");
    expect(leaksIn("ocwcms.example.edu\r".repeat(200)).at(-1)).toMatchObject({ line: 100, column: 1 });
    expect(leaksIn("ocwcms.example.edu ".repeat(200))).toHaveLength(100);
  });

  it("are none where no host is named, or nothing is read", () => {
    expect(leaksIn("mailto:a@ocwcms.example.edu, xocwcms.example.edu, ocwcms.example.edu.org")).toEqual([]);
    expect(findLeaks(Buffer.from("ocwcms.example.edu"), "image/png", undefined, hosts)).toEqual([]);
    expect(findLeaks(Buffer.from("ocwcms.example.edu"), "text/html", undefined, [])).toEqual([]);
  });
});
