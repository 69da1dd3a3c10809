import { describe, expect, test } from "vitest";
import { decodeCharacterReferences, placeValue } from "../../../../engine/markup/character-references.ts";

test.each([
  ["a&amp;b&lt;&#39;", "a&b<'", "a&b<'"],
  ["&#x80;&#0;&#xD800;", "€\ufffd\ufffd", "€\ufffd\ufffd"],
  ["?a&copy=1&copyx&copy;", "?a&copy=1&copyx©", "?a©=1©x©"],
  ["&NotEqualTilde;&unknown;&;&", "≂̸&unknown;&;&", "≂̸&unknown;&;&"],
  ["&ampamp;", "&ampamp;", "&amp;"],
])("%s is %s in an attribute and %s in text", (written, inAttribute, inText) => {
  expect(decodeCharacterReferences(written, "attribute")).toBe(inAttribute);
  expect(decodeCharacterReferences(written, "text")).toBe(inText);
});

describe("placeValue", () => {
  test("tells where each character stood, of references that become one or two", () => {
    const source = "..a&amp;&NotEqualTilde;b&x.";
    const { text, placeOf } = placeValue(source, 2, source.length - 1);
    expect(text).toBe("a&≂̸b&x");
    expect(Array.from({ length: text.length + 1 }, (_, index) => placeOf(index))).toEqual([
      2, 3, 8, 8, 23, 24, 25, 26,
    ]);
  });

  test("counts plainly where there are none", () => {
    const { text, placeOf } = placeValue("..abc.", 2, 5);
    expect([text, placeOf(0), placeOf(3)]).toEqual(["abc", 2, 5]);
  });
});
