import type { Composition, Generation } from "../../model/composition.ts";
import type { Digest } from "../../model/digest.ts";
import type { Entry } from "../../model/entry.ts";
import type { ModuleId } from "../../model/module.ts";
import type { Edition } from "../../model/release.ts";

/** The release of a module in a composition. */
export interface Composed {
  readonly module: ModuleId;
  readonly release: number;
  /** The snapshot it was made for: a later one than the release's own if that brought nothing new. */
  readonly snapshot: number;
}

/** Compositions, each one release of every module, and the generations that mirrors keep of them. */
export interface CompositionStore {
  /** Begins one; `options` is all besides snapshots that decides how its releases are made. */
  begin(edition: Edition, options: string): Promise<number>;
  add(composition: number, composed: Composed): Promise<void>;
  /**
   * Ends the making. If it equals the edition's latest one, it is dropped and that one returned.
   */
  seal(composition: number): Promise<Composition>;
  /** Throws `not-found`. */
  get(composition: number): Promise<Composition>;
  latest(edition: Edition): Promise<Composition | undefined>;
  /** What it holds, by module. */
  releases(composition: number): AsyncIterable<Composed>;
  /**
   * The entries of all its releases, and its requisites, sorted by path: all that its tree holds. With
   * `besides`, without those of releases that this other composition has, too.
   */
  entries(composition: number, besides?: number): AsyncIterable<Entry>;
  /** What its releases need of the assets module, sorted by path; of two at a path the later one. */
  requisites(composition: number): AsyncIterable<Entry>;

  /** Keeps what a generation of a destination holds; a second one of a number replaces the first. */
  keepGeneration(destination: string, generation: Generation): Promise<void>;
  /** The generations made at a destination, newest first. */
  generations(destination: string): Promise<readonly Generation[]>;
}

/** A media file that was asked for, by URL. */
export type KeptMedia =
  | {
      readonly url: string;
      readonly askedAt: Date;
      readonly digest: Digest;
      readonly size: number;
      readonly mediaType: string;
    }
  | { readonly url: string; readonly askedAt: Date; readonly failure: string };

/** The media that were fetched for players, so that each is fetched once. */
export interface MediaStore {
  get(url: string): Promise<KeptMedia | undefined>;
  keep(media: KeptMedia): Promise<void>;
}
