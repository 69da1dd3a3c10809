import type { Edit } from "../markup/edit.ts";
import type { Encoding, Reference, ReferenceKind } from "../markup/reference.ts";
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

/** A link resolved, its fragment aside, which stays. */
export interface Link {
  /** As the author wrote it. */
  readonly raw: string;
  readonly kind: ReferenceKind;
  /** Path and query of the URL that it means at the source. */
  readonly hostless: string;
  readonly whereabouts: Whereabouts;
}

/** A page being rendered, as amendments read it. */
export interface PageText {
  readonly document: Document;
  readonly source: SourceText;
  readonly encoding: Encoding;
  /** With byte offsets. */
  readonly references: readonly Reference[];
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

/** A URL of no bytes, which asks no network for them, and has no fragment. */
export const emptyUrl = "data:,";

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
  /** The same for a link to another site, as it is written; absent if such links stay as they are. */
  foreignLink?(raw: string, kind: ReferenceKind): string | undefined;
  /**
   * The attribute, in ASCII, that tells readers of a link what they need to follow it; `whereabouts` is
   * absent for another site.
   */
  mark?(whereabouts: Whereabouts | undefined): string | undefined;
  readonly amendments: readonly Amendment[];
}

/** What a render must know of the source to tell its URLs from others. */
export interface SourceFacts {
  readonly origin: string;
  readonly hosts: readonly string[];
  canonical(url: URL): URL | undefined;
  isPointer?(url: URL): boolean;
}

/** What all renders of a release have in common: one object, for what it tells of links is remembered. */
export interface RenderSettings {
  readonly source: SourceFacts;
  readonly publicUrl: string;
  readonly rules: EditionRules;
}

/** Where a path goes by the configured relocations: the first rule whose suffix fits. */
export function relocate(path: SitePath, relocations: readonly Relocation[]): SitePath {
  const lower = path.toLowerCase();
  const rule = relocations.find((each) => lower.endsWith(each.suffix));
  return rule === undefined ? path : (`${rule.to}${path}` as SitePath);
}
