import type { Edit } from "../markup/edit.ts";
import type { SourceText } from "../markup/source-text.ts";

/**
 * Places outside the given edits where a host of the source is still named in a URL, also as scripts and
 * forms write it ("http:\/\/cms.example\/", "http%3A%2F%2Fcms.example"): edits that put the public origin
 * there.
 */
export function findHostMentions(
  { text, unitBytes }: SourceText,
  hosts: readonly string[],
  publicUrl: string,
  taken: readonly Edit[],
): Edit[] {
  if (hosts.length === 0) return [];
  const names = hosts.flatMap((host) => [host, host.replace(":", "%3A")]).map(escapePattern);
  const slashes = String.raw`(?:\/\/|\\\/\\\/|%2F%2F)`;
  const pattern = new RegExp(`(?:https?(?::|%3A))?(${slashes})(?:${names.join("|")})(?![A-Za-z0-9.-])`, "gi");
  const edits: Edit[] = [];
  for (const match of text.matchAll(pattern)) {
    const start = match.index * unitBytes;
    const end = start + match[0].length * unitBytes;
    if (taken.some((edit) => start < edit.end && edit.start < end)) continue;
    edits.push({ start, end, replacement: inSameScript(publicUrl, match[1] ?? "//") });
  }
  return edits;
}

function inSameScript(url: string, slashes: string): string {
  if (slashes.startsWith("%")) return encodeURIComponent(url);
  return slashes.startsWith("\\") ? url.replaceAll("/", "\\/") : url;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
