import { describe, expect, it } from "vitest";
import { parseContentType } from "../../../../adapters/shared/http/content-type.ts";
import { retryAfterMsOf } from "../../../../adapters/shared/http/retry-after.ts";

describe("Content-Type", () => {
  it.each([
    ["text/html", { mediaType: "text/html" }],
    ["Text/HTML;charset=UTF-8", { mediaType: "text/html", charset: "utf-8" }],
    ['text/plain; format=flowed; Charset="iso-8859-1"', { mediaType: "text/plain", charset: "iso-8859-1" }],
    ["", { mediaType: "application/octet-stream" }],
    [undefined, { mediaType: "application/octet-stream" }],
    [";charset=utf-8", { mediaType: "application/octet-stream", charset: "utf-8" }],
  ])("%j", (header, expected) => {
    expect(parseContentType(header)).toEqual(expected);
  });
});

describe("Retry-After", () => {
  const now = new Date("2020-03-02T09:15:00Z");
  it.each([
    ["120", 120_000],
    ["0", 0],
    ["Mon, 02 Mar 2020 09:16:00 GMT", 60_000],
    ["Mon, 02 Mar 2020 09:00:00 GMT", 0],
    ["soon", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("%j", (header, expected) => {
    expect(retryAfterMsOf(header, now)).toBe(expected);
  });
});
