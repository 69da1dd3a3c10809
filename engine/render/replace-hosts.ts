import { applyEdits, type Edit } from "../markup/edit.ts";
import { findHostMentions, type HostMention } from "../markup/host-mentions.ts";
import type { SourceText } from "../markup/source-text.ts";

/** The edits that put the public site where a host of the source is still named outside the edits taken. */
export function hostEdits(
  { text, unitBytes }: Pick<SourceText, "text" | "unitBytes">,
  hosts: readonly string[],
  publicUrl: string,
  taken: readonly Edit[],
): Edit[] {
  const edits: Edit[] = [];
  const sorted = taken.toSorted((a, b) => a.start - b.start);
  let next = 0;
  for (const mention of findHostMentions(text, hosts)) {
    const start = mention.start * unitBytes;
    const end = mention.end * unitBytes;
    while ((sorted[next]?.end ?? end) <= start) next++;
    if ((sorted[next]?.start ?? end) < end) continue;
    const written = text.slice(mention.start, mention.end);
    edits.push({ start, end, replacement: publicName(mention, written, publicUrl) });
  }
  return edits;
}

/** A text in which the public site is named wherever a host of the source was. */
export function replaceHosts(text: string, hosts: readonly string[], publicUrl: string): string {
  const edits = hostEdits({ text, unitBytes: 2 }, hosts, publicUrl, []);
  if (edits.length === 0) return text;
  const replaced = applyEdits(Buffer.from(text, "utf16le"), edits, "utf-16le");
  return Buffer.from(replaced).toString("utf16le");
}

function publicName({ slashes }: HostMention, written: string, publicUrl: string): string {
  if (slashes === undefined) {
    const { host } = new URL(publicUrl);
    return /%3A/i.test(written) ? encodeURIComponent(host) : host;
  }
  if (slashes.startsWith("%")) return encodeURIComponent(publicUrl);
  return slashes.startsWith("\\") ? publicUrl.replaceAll("/", "\\/") : publicUrl;
}
