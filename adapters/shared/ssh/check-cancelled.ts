import { PublishError } from "../../../engine/errors/publish-error.ts";

/** Throws `cancelled` once the signal fired, so that no further effect happens. */
export function checkCancelled(signal: AbortSignal, doing: string): void {
  if (signal.aborted) throw new PublishError("cancelled", `${doing} was cancelled`);
}
