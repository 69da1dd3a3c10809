import { encodingOf } from "../markup/encoding-of.ts";
import { languageOf } from "../markup/find-references.ts";
import { findHostMentions } from "../markup/host-mentions.ts";
import { openSourceText } from "../markup/source-text.ts";
import type { Leak } from "../model/document-facts.ts";

const leaksMax = 100;

/** A user name, and perhaps a password, in a URL. */
const account = /^(\w*(?::|%3A)?(?:[\\/]|%2F)+)[^\\/@\s]*@/i;

/**
 * The first hundred places of a document where its authors named a host of the source, lines and columns
 * counted from 1 in characters, with up to 120 characters of what stands there. `hosts` begins with the
 * source's own: its URLs are not told, since a CMS writes its own links with it. Documents that are not
 * searched for references have none. Throws `corrupt` for an encoding in which they could not be found.
 */
export function findLeaks(
  bytes: Uint8Array,
  mediaType: string,
  charset: string | undefined,
  hosts: readonly string[],
): readonly Leak[] {
  const language = languageOf(mediaType);
  if (language === undefined) return [];
  const { text, read } = openSourceText(bytes, encodingOf(bytes, charset, language));
  const leaks: Leak[] = [];
  let line = 1;
  let column = 1;
  let from = /^(?:\ufeff|\xef\xbb\xbf)?/.exec(text)?.[0].length ?? 0;
  for (const { start, host, slashes } of findHostMentions(text, hosts)) {
    if (slashes !== undefined && host === hosts[0]) continue;
    const lines = read(from, start).split(/\r\n?|\n/);
    line += lines.length - 1;
    column = (lines.length === 1 ? column : 1) + (lines.at(-1)?.length ?? 0);
    from = start;
    const [word = ""] = read(start, start + 1_000)
      .replace(account, "$1")
      .split(/[\s"'<>]/, 1);
    leaks.push({ line, column, text: word.slice(0, 120) });
    if (leaks.length === leaksMax) break;
  }
  return leaks;
}
