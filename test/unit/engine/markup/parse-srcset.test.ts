import { expect, test } from "vitest";
import { parseSrcset } from "../../../../engine/markup/parse-srcset.ts";

test.each([
  ["", []],
  [" , ,", []],
  ["a", ["a"]],
  ["a,", ["a"]],
  ["a,,, b", ["a", "b"]],
  ["a 1x,b 2x", ["a", "b"]],
  ["a,b 2x", ["a,b"]],
  ["a 1x (x,y), b", ["a", "b"]],
  ["a (", ["a"]],
  ["data:,x 1x,\n\tb 100w 50h", ["data:,x", "b"]],
])("the URLs of %j are %j", (text, urls) => {
  expect(parseSrcset(text).map(({ start, end }) => text.slice(start, end))).toEqual(urls);
});
