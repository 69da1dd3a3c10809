import { createHash } from "node:crypto";

/** Bytes that depend on the seed alone: SHAKE256 (FIPS 202) read as far as wanted. */
export const seededBytes = (seed: string, sizeBytes: number): Buffer =>
  createHash("shake256", { outputLength: Math.max(sizeBytes, 1) })
    .update(seed)
    .digest()
    .subarray(0, sizeBytes);

/** A repeatable source of choices. */
export interface SeededRandom {
  /** A number from 0 up to, but without, 1. */
  readonly fraction: () => number;
  /** A whole number from `low` to `high`, both included. */
  readonly between: (low: number, high: number) => number;
  /** One of the choices; throws when there is none. */
  readonly pick: <T>(choices: readonly T[]) => T;
}

const blockNumbers = 256;

/** Makes a source of choices that depends on the seed alone. */
export const seededRandom = (seed: string): SeededRandom => {
  let block = seededBytes(`${seed} 0`, blockNumbers * 4);
  let taken = 0;
  const fraction = (): number => {
    const at = taken % blockNumbers;
    if (at === 0 && taken > 0) block = seededBytes(`${seed} ${taken}`, blockNumbers * 4);
    taken += 1;
    return block.readUInt32LE(at * 4) / 2 ** 32;
  };
  const between = (low: number, high: number): number => low + Math.floor(fraction() * (high - low + 1));
  const pick = <T>(choices: readonly T[]): T => {
    const choice = choices[between(0, choices.length - 1)];
    if (choice === undefined) throw new Error("cannot pick from no choices");
    return choice;
  };
  return { fraction, between, pick };
};
