import { findReferences, languageOf } from "../markup/find-references.ts";
import type { Reference } from "../markup/reference.ts";

/** A URL that a document refers to. */
export interface Mention {
  /** As written, resolved against the document; undefined when it is no URL. */
  readonly url: URL | undefined;
  readonly written: string;
  /** True if a reader follows it, false if the document needs it to be shown. */
  readonly isLink: boolean;
}

/** True for the media types that are read for references. */
export function hasReferences(mediaType: string): boolean {
  return languageOf(mediaType) !== undefined;
}

/**
 * Every URL of http that a document refers to, in its order, each spelling once. Throws `corrupt` for a
 * charset in which URLs could not be found.
 */
export function readReferences(
  bytes: Uint8Array,
  mediaType: string,
  charset: string | undefined,
  documentUrl: URL,
): readonly Mention[] {
  const language = languageOf(mediaType);
  if (language === undefined) return [];
  const { references, base } = findReferences(bytes, language, charset);
  const from = resolve(base?.url ?? "", documentUrl) ?? documentUrl;
  const mentions = new Map<string, Mention>();
  for (const reference of references) {
    const mention = mentionOf(reference, from);
    if (mention === undefined) continue;
    const key = `${mention.isLink} ${reference.codebase ?? ""} ${reference.url}`;
    if (!mentions.has(key)) mentions.set(key, mention);
  }
  return [...mentions.values()];
}

function mentionOf({ url: written, kind, codebase }: Reference, base: URL): Mention | undefined {
  // A form is sent, not read; the base is no reference; a fragment alone leads nowhere else.
  if (kind === "form" || kind === "base" || written === "" || written.startsWith("#")) return undefined;
  const from = codebase === undefined ? base : resolve(folderOf(codebase), base);
  const url = from && resolve(written, from);
  if (url !== undefined && url.protocol !== "http:" && url.protocol !== "https:") return undefined;
  return { url, written, isLink: kind === "link" };
}

/** A codebase names a folder, with a slash behind it or without. */
function folderOf(codebase: string): string {
  return codebase.endsWith("/") ? codebase : `${codebase}/`;
}

function resolve(written: string, from: URL): URL | undefined {
  return URL.canParse(written, from.href) ? new URL(written, from) : undefined;
}
