import { describe, expect, test } from "vitest";
import { encodingOf } from "../../../../engine/markup/encoding-of.ts";
import type { Language } from "../../../../engine/markup/reference.ts";

describe("encodingOf follows", () => {
  test.each<[string, string, string | undefined, Language, string]>([
    ["a mark before the header", "\xef\xbb\xbfa", "iso-8859-1", "html", "utf-8"],
    ["the mark of utf-16", "\xff\xfea\0", "utf-8", "html", "utf-16le"],
    ["the mark of utf-16, big end first", "\xfe\xff\0a", undefined, "css", "utf-16be"],
    ["the header before a meta", "<meta charset=koi8-r>", "ISO-8859-1", "html", "windows-1252"],
    ["a meta after a header nobody knows", "<meta charset=koi8-r>", "nonsense", "html", "koi8-r"],
    [
      "a meta after a meta nobody knows",
      "<meta charset=x><META CHARSET='koi8-r' >",
      undefined,
      "html",
      "koi8-r",
    ],
    [
      "http-equiv",
      "<meta content='text/html; charset=Shift_JIS' http-equiv=Content-Type>",
      undefined,
      "html",
      "shift_jis",
    ],
    ["no content of another meta", "<meta name=a content='charset=koi8-r'>", undefined, "html", "utf-8"],
    ["no comment", "<!-- <meta charset=koi8-r> -->", undefined, "html", "utf-8"],
    ["no attribute of another element", "<a title='<meta charset=koi8-r>'>", undefined, "html", "utf-8"],
    [
      "no meta too far from the start",
      `${" ".repeat(1024)}<meta charset=koi8-r>`,
      undefined,
      "html",
      "utf-8",
    ],
    ["no meta that says utf-16", "<meta charset=utf-16>\xe9", undefined, "html", "utf-8"],
    ["the declaration of XML", "<?xml version='1.0' encoding='koi8-r'?>", undefined, "xml", "koi8-r"],
    ["utf-16 without a mark", "<\0?\0x\0m\0l\0", undefined, "xml", "utf-16le"],
    ["the rule of CSS", '@charset "koi8-r";', undefined, "css", "koi8-r"],
    ["bytes that are utf-8", "\xc3\xa9", undefined, "html", "utf-8"],
    ["bytes that are not", "\xe9", undefined, "html", "windows-1252"],
  ])("%s", (_, text, declared, language, encoding) => {
    expect(encodingOf(Buffer.from(text, "latin1"), declared, language)).toBe(encoding);
  });

  test("no charset in which URLs cannot be seen", () => {
    const corrupt = expect.objectContaining({ code: "corrupt" });
    expect(() => encodingOf(Buffer.from("a"), "iso-2022-jp", "html")).toThrow(corrupt);
    expect(() => encodingOf(Buffer.from("<meta charset=utf-7>"), undefined, "html")).toThrow(corrupt);
  });
});
