import type { Edit } from "../markup/edit.ts";
import type { ReferenceKind } from "../markup/reference.ts";
import type { SourceText } from "../markup/source-text.ts";
import type { Edition } from "../model/release.ts";
import type { Form } from "../model/sighting.ts";
import type { Relocation } from "../model/site.ts";
import type { SitePath } from "../model/site-path.ts";
import type { SiteView, Whereabouts } from "./site-view.ts";

/** A document being rendered: where it was seen, and where it will stand. */
export interface Document {
  /** Absolute URL at the source. */
  readonly sourceUrl: string;
  /** The path in the edition, after relocation or safe naming. */
  readonly path: SitePath;
  readonly form: Form;
}

/** A link as the author wrote it, resolved. */
export interface Link {
  readonly raw: string;
  readonly kind: ReferenceKind;
  /** Absolute URL that it means at the source. */
  readonly absolute: URL;
  readonly whereabouts: Whereabouts;
}

/** A page being rendered, as amendments read it. */
export interface PageText {
  readonly document: Document;
  readonly source: SourceText;
  /** Byte offset in the page of a place in its text. */
  placeInBytes(place: number): number;
  /** What a URL in the page, as written, means at the source; undefined if it is none. */
  resolve(raw: string): URL | undefined;
}

/** What an edition changes in pages besides URLs. */
export interface Amendment {
  /** What distinguishes two configurations of it: part of the cache key. */
  readonly options: string;
  /**
   * Edits in byte offsets, any order. Those of links that lie within one give way to it; of two that overlap
   * the larger one stays. Replacements are ASCII.
   */
  amend(page: PageText, view: SiteView): Promise<readonly Edit[]>;
}

/** The rules of one edition. Everything else about rendering is shared. */
export interface EditionRules {
  readonly edition: Edition;
  /** What distinguishes two configurations of the same edition: part of the cache key. */
  readonly options: string;
  /** Absolute URLs of the public site count as links of the site, too. */
  readonly claimsPublicLinks: boolean;
  /** The path in the edition of a path of the site. */
  place(path: SitePath): Promise<SitePath>;
  /** The new text of a link, or undefined if the author's own still leads to the right place. */
  link(document: Document, link: Link): Promise<string | undefined>;
  readonly amendments: readonly Amendment[];
}

/** Where a path goes by the configured relocations: the first rule whose suffix fits. */
export function relocate(path: SitePath, relocations: readonly Relocation[]): SitePath {
  const lower = path.toLowerCase();
  const rule = relocations.find((each) => lower.endsWith(each.suffix));
  return rule === undefined ? path : (`${rule.to}${path}` as SitePath);
}
