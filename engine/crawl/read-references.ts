import { PublishError } from "../errors/publish-error.ts";
import { findCssReferences } from "../markup/find-css-references.ts";
import { findHtmlReferences } from "../markup/find-html-references.ts";
import type { Encoding, Reference } from "../markup/reference.ts";
import { isPage } from "../model/entry.ts";

/** A URL that a page or style sheet refers to. */
export interface Mention {
  /** As written, resolved against the document; undefined when it is no URL. */
  readonly url: URL | undefined;
  readonly written: string;
  /** True if a reader follows it, false if the document needs it to be shown. */
  readonly isLink: boolean;
}

/** True for the media types that are read for references. */
export function hasReferences(mediaType: string): boolean {
  return isPage(mediaType) || mediaType === "text/css";
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
  const encoding = encodingOf(charset);
  const { references, base } = isPage(mediaType)
    ? findHtmlReferences(bytes, { encoding })
    : { references: findCssReferences(bytes, { encoding }), base: undefined };
  const from = resolve(base?.url ?? "", documentUrl) ?? documentUrl;
  const mentions = new Map<string, Mention>();
  for (const reference of references) {
    const mention = mentionOf(reference, from);
    if (mention === undefined) continue;
    const key = `${mention.isLink} ${reference.url}`;
    if (!mentions.has(key)) mentions.set(key, mention);
  }
  return [...mentions.values()];
}

function mentionOf({ url: written, kind }: Reference, from: URL): Mention | undefined {
  // A form is sent, not read; the base is no reference; a fragment alone leads nowhere else.
  if (kind === "form" || kind === "base" || written === "" || written.startsWith("#")) return undefined;
  const url = resolve(written, from);
  if (url !== undefined && url.protocol !== "http:" && url.protocol !== "https:") return undefined;
  return { url, written, isLink: kind === "link" };
}

function resolve(written: string, from: URL): URL | undefined {
  return URL.canParse(written, from.href) ? new URL(written, from) : undefined;
}

function encodingOf(charset: string | undefined): Encoding {
  if (charset === undefined || /^(?:utf-?8|us-ascii)$/.test(charset)) return "utf-8";
  if (/^(?:utf-?(?:7|16|32)|ucs|iso-10646|iso-2022|hz)/.test(charset))
    throw new PublishError("corrupt", `its charset ${JSON.stringify(charset.slice(0, 40))} cannot be read`);
  // All others write markup and URLs in the bytes of ASCII, which is what is looked for here.
  return "windows-1252";
}
