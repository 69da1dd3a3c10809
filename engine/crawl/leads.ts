import type { Mention } from "../model/document-facts.ts";
import type { ModuleId } from "../model/module.ts";
import type { Source } from "../ports/source.ts";
import { ownerOf, type ScopeRules, treeOf } from "./scope.ts";
import { trapIn } from "./trap.ts";

/** Where a mention leads. */
export type Lead =
  /** To a URL of the source; `owner` is absent where it is not of this crawl. */
  | {
      readonly kind: "source";
      /** Path and query. */
      readonly url: string;
      readonly owner?: ModuleId;
      readonly isPointer: boolean;
      readonly tree?: string;
      /** Why it must be one of the URLs that go on for ever. */
      readonly trap?: string;
    }
  | { readonly kind: "elsewhere"; readonly url: string }
  | { readonly kind: "denied"; readonly url: string }
  | { readonly kind: "malformed"; readonly url: string }
  /** To what is not fetched: mail, scripts, data. */
  | { readonly kind: "other" };

/** What leads depend on of a source. */
export type LeadSource = Pick<Source, "origin" | "canonical" | "isPointer">;

/** Tells where mentions lead; `base` is what the document's relative URLs are resolved against. */
export type Leads = (mention: Mention, base: URL) => Lead;

// Pages of one folder say mostly the same: what was resolved once is not resolved again.
const rememberedMax = 100_000;

/** Makes the resolver of one crawl. */
export function createLeads(source: LeadSource, rules: ScopeRules): Leads {
  const folders = new Map<string, Map<string, Lead>>();
  let remembered = 0;

  const folderAt = (base: URL): Map<string, Lead> => {
    const folder = base.origin + base.pathname.slice(0, base.pathname.lastIndexOf("/") + 1);
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const made = new Map<string, Lead>();
    folders.set(folder, made);
    return made;
  };
  const resolve = ({ url, codebase }: Mention, base: URL): Lead => {
    const from = codebase === undefined ? base : parse(codebase.replace(/\/?$/, "/"), base);
    const absolute = from && parse(url, from);
    return absolute === undefined
      ? { kind: "malformed", url: url.slice(0, 500) }
      : leadTo(absolute, source, rules);
  };
  let lastBase: URL | undefined;
  let lastFolder = new Map<string, Lead>();
  return (mention, base) => {
    // A query alone keeps the document's own name, which its folder does not tell.
    if (mention.codebase !== undefined || mention.url.startsWith("?")) return resolve(mention, base);
    if (base !== lastBase) lastFolder = folderAt(base);
    lastBase = base;
    const known = lastFolder.get(mention.url);
    if (known !== undefined) return known;
    const lead = resolve(mention, base);
    if (remembered++ >= rememberedMax) {
      folders.clear();
      lastBase = undefined;
      remembered = 0;
    }
    lastFolder.set(mention.url, lead);
    return lead;
  };
}

/** Where an absolute URL leads. */
export function leadTo(absolute: URL, source: LeadSource, rules: ScopeRules): Lead {
  if (absolute.protocol !== "http:" && absolute.protocol !== "https:") return { kind: "other" };
  const url = source.canonical(absolute);
  if (url === undefined) return { kind: "denied", url: absolute.href };
  if (url.origin !== source.origin) return { kind: "elsewhere", url: url.href };
  const isPointer = source.isPointer?.(url) === true;
  const owner = isPointer ? rules.module : ownerOf(url, rules);
  const tree = treeOf(url, rules);
  const trap = trapIn(url.pathname, rules.module);
  return {
    kind: "source",
    url: url.pathname + url.search,
    isPointer,
    ...(owner === undefined ? {} : { owner }),
    ...(tree === undefined ? {} : { tree }),
    ...(trap === undefined ? {} : { trap }),
  };
}

function parse(written: string, from: URL): URL | undefined {
  return URL.parse(written, from.href) ?? undefined;
}
