import { digestOf } from "../model/digest.ts";
import type { Edition } from "../model/release.ts";
import { parseSitePath, type SitePath, urlPathOf } from "../model/site-path.ts";
import type { NameStore } from "../ports/store/release-store.ts";
import type { Amendment, EditionRules } from "./edition.ts";

/**
 * The edition for mirrors and drives: every link within the composition is page-relative and ends in a file,
 * so that it works from any folder, without a server; every other link of the site leads to the live site.
 */
export function mirrorEdition(options: {
  readonly edition: Edition;
  readonly publicUrl: string;
  readonly names: NameStore;
  readonly amendments: readonly Amendment[];
}): EditionRules {
  const { edition, publicUrl, names, amendments } = options;
  const place = async (path: SitePath): Promise<SitePath> => {
    const wanted = safeName(path);
    return parseSitePath(await names.claim("mirror", path, wanted, distinguished(wanted, path)));
  };
  return {
    edition,
    options: JSON.stringify([publicUrl, ...amendments.map((each) => each.options)]),
    amendments,
    claimsPublicLinks: true,
    place,
    async link(document, link) {
      const { whereabouts, absolute } = link;
      if (whereabouts.kind === "elsewhere") return whereabouts.url + absolute.hash;
      const wanted =
        whereabouts.kind === "here" && link.kind !== "form"
          ? relativeUrl(document.path, await place(whereabouts.path)) + absolute.hash
          : publicUrl + whereabouts.url + absolute.hash;
      return wanted === link.raw ? undefined : wanted;
    },
  };
}

/** The way from one file to another as a relative URL; never empty, never with a scheme by accident. */
export function relativeUrl(from: SitePath, to: SitePath): string {
  const here = from.split("/").slice(1, -1);
  const there = to.split("/").slice(1);
  let shared = 0;
  while (shared < here.length && shared < there.length - 1 && here[shared] === there[shared]) shared++;
  const steps = [...here.slice(shared).map(() => ".."), ...there.slice(shared)].join("/");
  const encoded = urlPathOf(steps);
  // "a:b.htm" would be read as a scheme.
  return /^[^/]*:/.test(encoded) ? `./${encoded}` : encoded;
}

const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** The path with every segment legal on ext4, NTFS, exFAT, FAT32 and APFS. Idempotent, but not injective. */
export function safeName(path: SitePath): SitePath {
  const segments = path.split("/").map((segment) => {
    const legal = segment.replace(/[<>:"|?*]/g, "_").replace(/[. ]+$/, (end) => "_".repeat(end.length));
    return reserved.test(legal) ? `_${legal}` : legal;
  });
  return segments.join("/") as SitePath;
}

/**
 * The name for a path whose safe name another path has: with eight digits of its own digest before the
 * extension.
 */
function distinguished(name: string, path: SitePath): string {
  const slash = name.lastIndexOf("/");
  const dot = name.lastIndexOf(".");
  const at = dot > slash + 1 ? dot : name.length;
  return `${name.slice(0, at)}~${digestOf(path).slice(0, 8)}${name.slice(at)}`;
}
