import type { IncomingHttpHeaders } from "node:http";
import type { CmsFile } from "../content/cms-content.ts";
import type { Answer } from "./answer.ts";
import { fillBase } from "./render-page.ts";

const wholeSeconds = (date: Date): number => Math.floor(date.getTime() / 1_000);

const isNotModified = (since: string | undefined, modifiedAt: Date): boolean => {
  const asked = Date.parse(since ?? "");
  return !Number.isNaN(asked) && wholeSeconds(modifiedAt) <= asked / 1_000;
};

/** Reads a single byte range (RFC 9110 §14.1.2); several ranges, or nonsense, count as none. */
const rangeIn = (header: string | undefined, sizeBytes: number): readonly [number, number] | undefined => {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  if (first === "") return [Math.max(0, sizeBytes - Number(last)), sizeBytes];
  return [Number(first), last === "" ? sizeBytes : Math.min(Number(last) + 1, sizeBytes)];
};

/** The bytes of a file; stylesheets may name the CMS's own address, as its generated ones do. */
export const fileBytes = (file: CmsFile, baseUrl: string): Uint8Array => {
  const bytes = file.body();
  if (!file.mediaType.startsWith("text/css")) return bytes;
  return Buffer.from(fillBase(Buffer.from(bytes).toString("utf8"), baseUrl));
};

/** Serves a file as Zope's OFS.Image does: Last-Modified, 304, one range, `If-Range` by date. */
export const fileAnswer = (file: CmsFile, headers: IncomingHttpHeaders, baseUrl: string): Answer => {
  const lastModified = new Date(wholeSeconds(file.modifiedAt) * 1_000).toUTCString();
  const common = { "Last-Modified": lastModified, "Accept-Ranges": "bytes" };
  if (isNotModified(headers["if-modified-since"], file.modifiedAt)) {
    return { status: 304, headers: common, body: new Uint8Array() };
  }
  const body = fileBytes(file, baseUrl);
  const whole = { status: 200, headers: { ...common, "Content-Type": file.mediaType }, body };
  const ifRange = headers["if-range"];
  if (typeof ifRange === "string" && ifRange !== lastModified) return whole;
  const range = rangeIn(headers.range, body.length);
  if (range === undefined) return whole;
  const [start, end] = range;
  if (start >= end) {
    const contentRange = { ...common, "Content-Range": `bytes */${body.length}` };
    return { status: 416, headers: contentRange, body: new Uint8Array() };
  }
  return {
    status: 206,
    headers: { ...whole.headers, "Content-Range": `bytes ${start}-${end - 1}/${body.length}` },
    body: body.subarray(start, end),
  };
};
