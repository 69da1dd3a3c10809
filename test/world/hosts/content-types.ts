/** The content type by file extension that both web servers of the world use. */
export const CONTENT_TYPES: Readonly<Record<string, string>> = {
  htm: "text/html",
  html: "text/html",
  css: "text/css",
  js: "application/javascript",
  json: "application/json",
  xml: "text/xml",
  txt: "text/plain",
  vtt: "text/vtt",
  srt: "text/plain",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  svg: "image/svg+xml",
  ico: "image/x-icon",
  pdf: "application/pdf",
  zip: "application/zip",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  woff2: "font/woff2",
};

/** The type of what has no known extension. */
export const DEFAULT_CONTENT_TYPE = "application/octet-stream";
