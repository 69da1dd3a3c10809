import type { ErrorCode } from "../errors/publish-error.ts";

/**
 * Structured logging. Fields are plain values; a secret never gets in (the adapter redacts as a second line).
 */
export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** The same log with fields added to every line. */
  with(fields: Readonly<Record<string, unknown>>): Log;
}

/**
 * What every call to the outside gets: nothing else is ambient. An aborted signal means no further effect.
 */
export interface CallContext {
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** Time, so that tests can own it. */
export interface Clock {
  now(): Date;
  /** Resolves after `ms`; rejects with a `cancelled` PublishError when the signal fires first. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** What a probe found, for `doctor` and for health: one line per check, with what to do about a failure. */
export interface Report {
  readonly subject: string;
  readonly checks: readonly Check[];
  /**
   * Promises of the design that are weaker with this part, in words: "promise 3: renames are not atomic
   * here".
   */
  readonly weaker: readonly string[];
}

/** One thing a probe looked at. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** How it failed, when it did: a program acts upon this. */
  readonly code?: ErrorCode;
  /** What a person should do, when it failed and we know it. */
  readonly advice?: string;
}

/** A tick that fires by a cron expression. */
export interface Cron {
  /** Calls `fire` at each time the expression names in its zone; the returned function stops it. */
  start(expression: string, timeZone: string, fire: () => void): () => void;
}
