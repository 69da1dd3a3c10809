import type { Entry } from "../../model/entry.ts";
import type { GenerationInMaking } from "./generation-in-making.ts";

/** A line as `sha256sum` writes and reads it; no path of ours holds a letter that it would escape. */
export function sumLine({ digest, path }: Entry): string {
  return `${digest}  ${path.slice(1)}\n`;
}

/** A line of the manifest; the time is in seconds since 1970. */
export function manifestLine({ path, size, digest, mtimeSeconds }: Entry): string {
  return `${JSON.stringify({ path: path.slice(1), size, sha256: digest, mtime: mtimeSeconds })}\n`;
}

/** What the generation is, for programs; the numbers are of everything but the catalogue. */
export function factsOf(
  generation: GenerationInMaking,
  counts: { readonly files: number; readonly bytes: number },
): string {
  const { number, madeAt, selection, composition, siteName, publicUrl, version } = generation;
  const facts = {
    generation: number,
    madeAt: madeAt.toISOString(),
    site: siteName,
    url: publicUrl,
    selection,
    composition,
    ...counts,
    updatesFrom: generation.kept.map((kept) => kept.number),
    version,
  };
  return `${JSON.stringify(facts, null, 2)}\n`;
}

/**
 * The trace, with those fields of Debian's that we know (ftpsync(1) of archvsync, section "trace files"), and
 * the date of RFC 5322 in UTC.
 */
export function traceOf(generation: GenerationInMaking): string {
  const { number, madeAt, publicUrl, contact, version } = generation;
  const fields = {
    Date: madeAt.toUTCString().replace("GMT", "+0000"),
    "Archive serial": number,
    Creator: `ocw-engine ${version}`,
    ...(contact === undefined ? {} : { Maintainer: contact }),
    "Upstream-mirror": publicUrl,
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join("");
}
