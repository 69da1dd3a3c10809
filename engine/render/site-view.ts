import { type ModuleId, moduleOf } from "../model/module.ts";
import type { EditionKind } from "../model/release.ts";
import type { Form, FoundSighting } from "../model/sighting.ts";
import { isFound } from "../model/sighting.ts";
import type { SitePath } from "../model/site-path.ts";
import type { Answer } from "../ports/store/release-store.ts";
import type { Store } from "../ports/store/store.ts";
import type { MediaWhereabouts, PlayerQuestion } from "./players/player-question.ts";
import { remember } from "./remember.ts";

/**
 * Where a URL of the source leads: to a path of this edition, to a URL of the source that is not in it (known
 * by its canonical path and query only; `gone` if the source has nothing there), or to another site.
 */
export type Whereabouts =
  | { readonly kind: "here"; readonly path: SitePath; readonly form: Form; readonly url: string }
  | { readonly kind: "away" | "gone"; readonly url: string }
  | { readonly kind: "elsewhere"; readonly url: string };

/**
 * What a render may ask about the rest of the site. Every answer is recorded: it is part of the cache key.
 */
export interface SiteView {
  /** `url` is canonical: path and query at the source. */
  find(url: string): Promise<Whereabouts>;
  /** What the edition has for a player. */
  media(player: PlayerQuestion): Promise<MediaWhereabouts>;
}

/** Whether an edition takes a file; its path tells the type where the server does not. */
export type Holds = (
  file: Pick<FoundSighting, "mediaType" | "size"> & Partial<Pick<FoundSighting, "path">>,
) => boolean;

/** A module besides the one rendered whose pages can be linked to within the edition. */
export interface Neighbour {
  readonly module: ModuleId;
  readonly snapshot: number;
}

const redirectsMax = 8;

/**
 * A view of the site from one snapshot: what the snapshot itself saw, then, for an edition that holds the
 * whole composition, what the live releases of other modules hold. The snapshots must be complete, since
 * answers are remembered.
 */
export function viewOfSnapshot(
  store: Store,
  snapshot: number,
  module: ModuleId,
  neighbours: readonly Neighbour[],
  sourceOrigin: string,
  canonical: (url: URL) => URL | undefined,
  holds: Holds,
): Pick<SiteView, "find"> {
  const homes = new Map(neighbours.map((each) => [each.module, each.snapshot]));
  homes.set(module, snapshot);
  const lookUp = async (url: string) => {
    const path = url.split("?")[0] ?? url;
    const owner = moduleOf(path, homes);
    const home = (owner && homes.get(owner)) ?? snapshot;
    // The folder of a module is an alias of its home page.
    const names = path === owner ? [url, `${path}/index.htm`] : [url];
    // A neighbour's crawl may have met a folder only under its other name.
    if (home !== snapshot && path === url) names.push(path.endsWith("/") ? path.slice(0, -1) : `${path}/`);
    for (const name of names) {
      const sighting = await store.snapshots.sighting(home, name);
      if (sighting !== undefined) return sighting;
    }
    return undefined;
  };
  const find = async (url: string): Promise<Whereabouts> => {
    let current = url;
    for (let hop = 0; hop < redirectsMax; hop++) {
      const sighting = await lookUp(current);
      if (sighting === undefined) return { kind: "away", url: current };
      if (isFound(sighting) && !holds(sighting)) return { kind: "away", url: current };
      if (isFound(sighting)) return { kind: "here", path: sighting.path, form: sighting.form, url: current };
      if (sighting.outcome !== "redirect") return { kind: "gone", url: current };
      const next = canonical(new URL(sighting.location, sourceOrigin));
      if (next === undefined || next.origin !== sourceOrigin)
        return { kind: "elsewhere", url: sighting.location };
      current = next.pathname + next.search;
    }
    return { kind: "gone", url: current };
  };
  return { find: remember(find) };
}

/** The same view, writing down what it was asked and what it answered. */
export function recordAnswers(view: SiteView): { view: SiteView; answers(): Answer[] } {
  const asked = new Map<string, Answer>();
  return {
    view: {
      async find(url) {
        const whereabouts = await view.find(url);
        const answer = answers.get(whereabouts) ?? { question: url, answer: JSON.stringify(whereabouts) };
        answers.set(whereabouts, answer);
        asked.set(url, answer);
        return whereabouts;
      },
      async media(player) {
        const whereabouts = await view.media(player);
        const question = JSON.stringify(player);
        asked.set(question, { question, answer: JSON.stringify(whereabouts) });
        return whereabouts;
      },
    },
    answers: () => [...asked.values()],
  };
}

// A view gives one object for each URL, and hundreds of pages ask for it.
const answers = new WeakMap<Whereabouts, Answer>();

/**
 * Tells whether the view still gives every one of some answers: then what was rendered with them still holds.
 * An answer about a URL, as an object, is looked at once.
 */
export function answerChecker({ find }: Pick<SiteView, "find">) {
  const checked = new WeakMap<Answer, boolean>();
  const isStillSo = async (given: Answer, media: SiteView["media"]): Promise<boolean> => {
    const { question, answer } = given;
    // A URL of the source begins with a slash. What stands for a player is looked for by each page anew.
    if (question.startsWith("{"))
      return JSON.stringify(await media(JSON.parse(question) as PlayerQuestion)) === answer;
    const isSo = JSON.stringify(await find(question)) === answer;
    checked.set(given, isSo);
    return isSo;
  };
  return async (given: readonly Answer[], media: SiteView["media"]): Promise<boolean> => {
    for (const each of given) if (!(checked.get(each) ?? (await isStillSo(each, media)))) return false;
    return true;
  };
}

/** The transform's version: raised whenever the same blob and answers would give other bytes. */
export const renderVersions: Readonly<Record<EditionKind, number>> = { web: 4, mirror: 4, package: 1 };
