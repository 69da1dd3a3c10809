import { expect, test } from "vitest";
import { parseRefresh } from "../../../../engine/markup/parse-refresh.ts";

test.each([
  ["0;url=a", "a", ""],
  [" 5.5 , URL = a b ", "a b", ""],
  ["0; url='a' rest", "a", "'"],
  ['0; url="a', "a", '"'],
  ["0;a", "a", ""],
  ["0 url=a", "a", ""],
  ["0;urla", "urla", ""],
  [".5;url=a", "a", ""],
])("the URL of %j is %j", (content, url, quote) => {
  const found = parseRefresh(content);
  expect(content.slice(found?.start, found?.end)).toBe(url);
  expect(found?.quote).toBe(quote);
});

test.each(["5", "", "url=a", "0url=a", "0;", "0;url=", "0;url=''"])(
  "%j only loads the page again",
  (content) => {
    expect(parseRefresh(content)).toBeUndefined();
  },
);
