/** What players can use, by the extension of names; all else is none of their media. */
const types: Readonly<Record<string, string>> = {
  mp4: "video/mp4",
  m4v: "video/mp4",
  webm: "video/webm",
  ogv: "video/ogg",
  mp3: "audio/mpeg",
  m4a: "audio/mp4",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  gif: "image/gif",
  srt: "application/x-subrip",
  vtt: "text/vtt",
  pdf: "application/pdf",
};

/** What media do for a player. */
export type MediaUse = "video" | "poster" | "captions" | "transcript";

/** The name of a file without its folders and extension, and its extension in lower case. */
export function nameParts(place: string): { readonly stem: string; readonly extension: string } {
  const [path = ""] = place.split(/[?#]/, 1);
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  if (dot < 0) return { stem: name, extension: "" };
  return { stem: name.slice(0, dot), extension: name.slice(dot + 1).toLowerCase() };
}

/** The media type that the extension of a name or URL tells, if players can use it. */
export function mediaTypeOf(place: string): string | undefined {
  const { extension } = nameParts(place);
  return Object.hasOwn(types, extension) ? types[extension] : undefined;
}

/** The media type of a file that has a name: servers that do not know it leave it to that. */
export function typeOfFile(mediaType: string, name: string): string {
  return mediaType === "application/octet-stream" ? (mediaTypeOf(name) ?? mediaType) : mediaType;
}

/** What a media type is good for. */
export function useOf(mediaType: string | undefined): MediaUse | undefined {
  if (mediaType === undefined) return undefined;
  if (/^(?:video|audio)\//.test(mediaType)) return "video";
  if (mediaType.startsWith("image/")) return "poster";
  return mediaType === "application/pdf" ? "transcript" : "captions";
}
