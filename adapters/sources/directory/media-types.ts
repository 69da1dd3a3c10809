import { extname } from "node:path";

// What browsers need to be told, after the IANA registry; whatever is not here is only downloaded.
const usual = new Map(
  `html htm: text/html, xhtml: application/xhtml+xml, css: text/css, js mjs: text/javascript, csv: text/csv,
  txt srt: text/plain, vtt: text/vtt, json map: application/json, webmanifest: application/manifest+json,
  xml: application/xml, pdf: application/pdf, zip: application/zip, gz: application/gzip,
  wasm: application/wasm, svg: image/svg+xml, png: image/png, jpg jpeg: image/jpeg, gif: image/gif,
  webp: image/webp, avif: image/avif, ico: image/vnd.microsoft.icon, mp3: audio/mpeg, m4a: audio/mp4,
  mp4: video/mp4, webm: video/webm, woff: font/woff, woff2: font/woff2, ttf: font/ttf, otf: font/otf`
    .split(",")
    .flatMap((line) => {
      const [names = "", type = ""] = line.split(": ");
      return names
        .trim()
        .split(" ")
        .map((name) => [name, type] as const);
    }),
);

/** The media type of a file by its extension: the configured one, else the usual one. */
export function mediaTypeOf(path: string, configured: Readonly<Record<string, string>>): string {
  const extension = extname(path).slice(1).toLowerCase();
  const own = Object.hasOwn(configured, extension) ? configured[extension] : undefined;
  return own ?? usual.get(extension) ?? "application/octet-stream";
}
