import { PublishError } from "../errors/publish-error.ts";
import type { ModuleId } from "../model/module.ts";
import type { Form } from "../model/sighting.ts";
import type { Seed, Source } from "../ports/source.ts";
import type { Trouble } from "./crawl-report.ts";
import type { Mention } from "./read-references.ts";
import { ownerOf, type ScopeRules } from "./scope.ts";

/** A URL to be visited. */
export interface Target {
  readonly url: URL;
  /** Path and query: what sightings are known by. */
  readonly key: string;
  readonly owner: ModuleId;
  /** True if the source says that it is there. */
  readonly isDeclared: boolean;
  readonly form?: Form;
  readonly referrer?: string;
}

/** Every URL that a crawl knows, each given out once. */
export interface Frontier {
  /** The target of a declared URL; undefined if it is known, or not to be visited. */
  addSeed(seed: Seed): Target | undefined;
  /** The target of what a page refers to or a redirect leads to; undefined if known, or not of this crawl. */
  addMention(mention: Mention, from: Target): Target | undefined;
  readonly size: number;
  readonly skipped: readonly Trouble[];
}

/** What the frontier must know of the source. */
export type FrontierSource = Pick<Source, "origin" | "canonical" | "isPointer">;

/**
 * Makes a frontier for one module. Its methods throw `refused` past `urlsMax` URLs, and for a seed that is
 * not at the source.
 */
export function createFrontier(source: FrontierSource, rules: ScopeRules, urlsMax: number): Frontier {
  const known = new Set<string>();
  const skipped: Trouble[] = [];

  /** True if the URL is new; counts it, so that no page can make a crawl endless. */
  const learn = (key: string): boolean => {
    if (known.has(key)) return false;
    if (known.size >= urlsMax)
      throw new PublishError(
        "refused",
        `crawl of ${rules.module} stopped: more than ${urlsMax} URLs; raise crawl.urlsMax if that is right`,
      );
    known.add(key);
    return true;
  };
  const skip = (url: string, reason: string, referrer: string | undefined): undefined => {
    if (learn(`skipped ${url}`))
      skipped.push({ url, reason, ...(referrer === undefined ? {} : { referrer }) });
    return undefined;
  };
  const keyOf = (url: URL): string => url.pathname + url.search;

  return {
    addSeed({ url: written, form }) {
      const url = source.canonical(new URL(written));
      if (url === undefined) return skip(written, "a URL that must never be requested", undefined);
      if (url.origin !== source.origin)
        throw new PublishError(
          "refused",
          `${rules.module} declares ${written}, which is not at ${source.origin}`,
        );
      const owner = ownerOf(url, rules);
      if (owner === undefined) return skip(written, "declared by the module, but not part of it", undefined);
      const key = keyOf(url);
      if (!learn(key)) return undefined;
      return { url, key, owner, isDeclared: true, ...(form === undefined ? {} : { form }) };
    },
    addMention({ url: written, written: text, isLink }, from) {
      if (written === undefined) return skip(text.slice(0, 500), "not a URL", from.key);
      const url = source.canonical(written);
      if (url === undefined) return skip(written.href, "a URL that must never be requested", from.key);
      if (url.origin !== source.origin) return undefined;
      // Assets bring what they need, never what they link to: the module is crawled here, not the site.
      if (isLink && from.owner !== rules.module) return undefined;
      const owner = source.isPointer?.(url) === true ? rules.module : ownerOf(url, rules);
      const key = keyOf(url);
      if (owner === undefined || !learn(key)) return undefined;
      // People look for the page that holds the link, not for the pointer that it went through.
      const isHop = source.isPointer?.(from.url) === true && from.referrer !== undefined;
      return { url, key, owner, isDeclared: false, referrer: isHop ? from.referrer : from.key };
    },
    get size() {
      return known.size - skipped.length;
    },
    skipped,
  };
}
