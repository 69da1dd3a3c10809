import type { ReferenceKind } from "../markup/reference.ts";
import type { Edition } from "../model/release.ts";
import type { Form } from "../model/sighting.ts";
import type { Relocation } from "../model/site.ts";
import type { SitePath } from "../model/site-path.ts";
import type { Whereabouts } from "./site-view.ts";

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
}

/** Where a path goes by the configured relocations: the first rule whose suffix fits. */
export function relocate(path: SitePath, relocations: readonly Relocation[]): SitePath {
  const lower = path.toLowerCase();
  const rule = relocations.find((each) => lower.endsWith(each.suffix));
  return rule === undefined ? path : (`${rule.to}${path}` as SitePath);
}
