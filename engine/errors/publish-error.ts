/** Every way something may fail, closed: programs act upon the code, people upon the message. */
export const errorCodes = [
  "invalid-config",
  "unauthorized",
  "not-found",
  "conflict",
  "rate-limited",
  "unavailable",
  "corrupt",
  "refused",
  "cancelled",
  "bug",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/**
 * The one error of the program. The message is lower-case, names the thing, and says what to do when we know
 * it; it must never hold a secret. `retryAfterMs` is what the other side asked us to wait.
 */
export class PublishError extends Error {
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "PublishError";
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Only what may pass by itself is worth another try. */
export function isRetryable(error: unknown): error is PublishError {
  return error instanceof PublishError && (error.code === "unavailable" || error.code === "rate-limited");
}

/** Any thrown thing as a PublishError; what nobody translated is a bug of ours and says so. */
export function toPublishError(thrown: unknown): PublishError {
  if (thrown instanceof PublishError) return thrown;
  if (thrown instanceof Error && thrown.name === "AbortError")
    return new PublishError("cancelled", "cancelled", { cause: thrown });
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new PublishError("bug", `unexpected failure: ${message}`, { cause: thrown });
}
