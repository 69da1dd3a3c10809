import { encodingOf } from "./encoding-of.ts";
import { readSheet } from "./find-css-references.ts";
import { readMarkup } from "./find-html-references.ts";
import type { Language, Reference } from "./reference.ts";
import { openSourceText, unpin } from "./source-text.ts";

/** A URL that a document refers to, without its fragment. */
export interface ReferenceUrl {
  readonly url: string;
  /** True if a reader follows it, false if the document needs it to be shown. */
  readonly isLink: boolean;
  /** What the URL resolves against before the base of the document: the `codebase` of its element. */
  readonly codebase?: string;
}

/** What a crawl must know of a document. */
export interface ReferenceUrls {
  /** What the URLs resolve against before the URL of the document. */
  readonly base?: string;
  /** Each once, in the order of the document. */
  readonly references: readonly ReferenceUrl[];
}

/**
 * The distinct URLs that `findReferences` finds, without places, for those who only want to follow them:
 * forms, bases, and URLs that are empty or a fragment alone are left out. The strings pin nothing of the
 * document. Throws `corrupt` for an encoding in which URLs could not be found.
 */
export function readReferenceUrls(
  bytes: Uint8Array,
  language: Language,
  charset: string | undefined,
): ReferenceUrls {
  const source = openSourceText(bytes, encodingOf(bytes, charset, language));
  const references: ReferenceUrl[] = [];
  const links = new Set<string>();
  const requisites = new Set<string>();
  const found = (reference: Reference) => {
    const { kind, codebase } = reference;
    if (kind === "form" || kind === "base") return;
    const url = withoutFragment(reference.url);
    if (url === "") return;
    const isLink = kind === "link" || kind === "canonical";
    const seen = isLink ? links : requisites;
    const key = codebase === undefined ? url : `${url}#${codebase}`;
    if (seen.has(key)) return;
    seen.add(key);
    references.push({
      url: unpin(url),
      isLink,
      ...(codebase === undefined ? {} : { codebase: unpin(codebase) }),
    });
  };
  if (language === "css") {
    readSheet(source, found);
    return { references };
  }
  const base = readMarkup(source, language, found).bases[0]?.url;
  return base === undefined ? { references } : { references, base: unpin(base) };
}

function withoutFragment(url: string): string {
  const end = url.indexOf("#");
  return end < 0 ? url : url.slice(0, end);
}
