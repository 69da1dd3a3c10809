import { PublishError } from "../errors/publish-error.ts";

declare const brand: unique symbol;

/**
 * Where a file stands on the published site, decoded: "/courses/physics/syllabus/index.htm". Always absolute,
 * NFC, never a directory, never with a "." or ".." segment, a backslash or a control character.
 */
export type SitePath = string & { readonly [brand]: "SitePath" };

const segmentBytesMax = 255;
const pathBytesMax = 1024;

/** Reads a site path; refuses whatever could climb out of a root or mean two things on two systems. */
export function parseSitePath(text: string): SitePath {
  const refuse = (why: string): never => {
    throw new PublishError("refused", `unsafe path ${JSON.stringify(text.slice(0, 300))}: ${why}`);
  };
  if (!text.startsWith("/")) refuse("it must begin with a slash");
  if (text.endsWith("/")) refuse("it names a directory, not a file");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f\\]/.test(text)) refuse("it holds a backslash or a control character");
  if (text.normalize("NFC") !== text) refuse("it is not in unicode normal form C");
  if (Buffer.byteLength(text) > pathBytesMax) refuse(`it is longer than ${pathBytesMax} bytes`);
  for (const segment of text.slice(1).split("/")) {
    if (segment === "") refuse("it holds an empty segment");
    if (segment === "." || segment === "..") refuse("it climbs");
    if (Buffer.byteLength(segment) > segmentBytesMax)
      refuse(`a segment is longer than ${segmentBytesMax} bytes`);
  }
  return text as SitePath;
}

/** What `encodeSegment` leaves as it is, and slashes. */
const plainPath = /^[\w\-.!~*'()$&+,;=:@/]*$/;

/** The path as it stands in a URL: every segment percent-encoded as UTF-8, slashes kept. */
export function urlPathOf(path: string): string {
  return plainPath.test(path) ? path : path.split("/").map(encodeSegment).join("/");
}

/** True if the path is the prefix itself or below it; a prefix has no slash at its end. */
export function isUnder(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

/** Byte order of UTF-8, as databases and `sort` under LC_ALL=C have it. */
export function comparePaths(one: string, other: string): number {
  const shared = Math.min(one.length, other.length);
  for (let at = 0; at < shared; at++) {
    const [unit, otherUnit] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (unit !== otherUnit) return rankOf(unit) - rankOf(otherUnit);
  }
  return one.length - other.length;
}

/** Where a unit of UTF-16 stands: what pairs of surrogates mean comes behind all other characters. */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(
    /%(?:21|24|26|27|28|29|2A|2B|2C|3B|3D|3A|40)/g,
    decodeURIComponent,
  );
}
