import type { ErrorCode } from "./publish-error.ts";

const exitCodes: Record<ErrorCode, number> = {
  "invalid-config": 2,
  unauthorized: 3,
  "not-found": 1,
  conflict: 4,
  "rate-limited": 5,
  unavailable: 5,
  corrupt: 6,
  refused: 7,
  cancelled: 130,
  bug: 70,
};

/**
 * The process exit code for an error code, so that scripts can tell "wait and try again" from "call a
 * person".
 */
export function exitCodeOf(code: ErrorCode): number {
  return exitCodes[code];
}
