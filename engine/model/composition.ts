import type { Edition } from "./release.ts";

/**
 * One release of every module of a selection, that of the library included: what a mirror or a drive holds.
 */
export interface Composition {
  readonly id: number;
  readonly edition: Edition;
  /** All besides snapshots that decides how its releases are made. */
  readonly options: string;
  readonly createdAt: Date;
  readonly entryCount: number;
  readonly bytes: number;
}

/** A composition as it stands on a mirror, immutable. */
export interface Generation {
  /** Counts up at each destination. */
  readonly number: number;
  readonly composition: number;
  readonly madeAt: Date;
}
