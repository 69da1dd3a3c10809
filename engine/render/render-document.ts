import { applyEdits, type Edit } from "../markup/edit.ts";
import { findReferences, languageOf } from "../markup/find-references.ts";
import type { Encoding } from "../markup/reference.ts";
import type { SourceText } from "../markup/source-text.ts";
import type { Document, PageText, RenderSettings } from "./edition.ts";
import { linkEdits } from "./link-edits.ts";
import { hostEdits } from "./replace-hosts.ts";
import { byPlace, settleOverlaps } from "./settle-overlaps.ts";
import type { SiteView } from "./site-view.ts";

/** True for the media types that hold links and are rendered; all other bytes go through untouched. */
export function isRendered(mediaType: string): boolean {
  return languageOf(mediaType) !== undefined;
}

/**
 * The edits that make a document the edition's, sorted by place, and the encoding that they are written in.
 */
export interface DocumentEdits {
  readonly edits: readonly Edit[];
  readonly encoding?: Encoding;
}

/**
 * Renders one page or style sheet: URLs change, `<base>` goes, what still names a host of the source names
 * the public site, and the edition's amendments are made. All other bytes stay as they are. Malformed markup
 * is rendered as browsers read it.
 */
export async function renderDocument(...[bytes, ...rest]: Parameters<typeof findEdits>): Promise<Uint8Array> {
  const { edits, encoding } = await findEdits(bytes, ...rest);
  return edits.length === 0 ? bytes : applyEdits(bytes, edits, encoding);
}

/** The edits by which `renderDocument` makes its bytes. */
export async function findEdits(
  bytes: Uint8Array,
  mediaType: string,
  charset: string | undefined,
  document: Document,
  view: SiteView,
  settings: RenderSettings,
): Promise<DocumentEdits> {
  const { publicUrl } = settings;
  const { hosts } = settings.source;
  const language = languageOf(mediaType);
  if (language === undefined) return { edits: [] };
  const found = findReferences(bytes, language, charset);
  const { base, encoding, source } = found;
  const baseUrl =
    base !== undefined && URL.canParse(base.url, document.sourceUrl)
      ? new URL(base.url, document.sourceUrl)
      : new URL(document.sourceUrl);
  // An idle base would take effect once the first one is gone.
  const bases = base === undefined ? found.idleBases : [base, ...found.idleBases];
  const { unitBytes } = source;
  const linked = {
    ...document,
    base: baseUrl,
    references: found.references,
    unitBytes,
    isPage: language === "html",
  };
  const links = [
    ...bases.map(({ start, end }) => ({ start, end, replacement: "" })),
    ...(await linkEdits(linked, view, settings)),
  ];
  const amended: Edit[] = [];
  if (language === "html" && settings.rules.amendments.length > 0) {
    const page = pageText(found, source, document, baseUrl);
    for (const amendment of settings.rules.amendments) amended.push(...(await amendment.amend(page, view)));
  }
  const edits = settleOverlaps(amended, links);
  const all = [...edits, ...hostEdits(source, hosts, publicUrl, edits)];
  return { edits: all.sort(byPlace), encoding };
}

function pageText(
  { encoding, references }: Pick<PageText, "encoding" | "references">,
  source: SourceText,
  document: Document,
  base: URL,
): PageText {
  return {
    document,
    source,
    encoding,
    references,
    resolve: (raw) => (URL.canParse(raw, base.href) ? new URL(raw, base) : undefined),
  };
}
