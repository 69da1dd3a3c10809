import { expect, it } from "vitest";
import { isHeld } from "../../../../engine/model/mirror.ts";

const tooLarge = 2 ** 32;

it.each([
  ["a page", "text/html", "/c/a.htm", 1, true],
  ["a video", "video/mp4", "/c/a.mp4", 1, false],
  ["a video whose type only its name tells", "application/octet-stream", "/c/a.mp4", 1, false],
  ["what has a type, whatever its name says", "application/pdf", "/c/a.mp4", 1, true],
  ["what has no name yet", "application/octet-stream", undefined, 1, true],
  ["the largest file", "text/html", "/c/a.htm", tooLarge - 1, true],
  ["a larger one", "text/html", "/c/a.htm", tooLarge, false],
])("a copy without video: %s", (_, mediaType, path, size, expected) => {
  expect(isHeld({ mediaType, size, ...(path && { path }) }, ["video"])).toBe(expected);
});

it("a copy of another limit takes what that allows", () => {
  const file = { mediaType: "video/mp4", path: "/c/a.mp4", size: tooLarge };
  expect(isHeld(file, [], Number.POSITIVE_INFINITY)).toBe(true);
  expect(isHeld({ ...file, size: 3 }, [], 2)).toBe(false);
});
