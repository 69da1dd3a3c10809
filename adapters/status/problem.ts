import { STATUS_CODES } from "node:http";
import Koa from "koa";
import { type ErrorCode, type PublishError, toPublishError } from "../../engine/errors/publish-error.ts";
import type { Log } from "../../engine/ports/context.ts";

// An `unauthorized` that the engine throws says that the CMS or a destination refused the engine: the caller
// was known long before, so it is not told to sign in.
const statusOf: Record<ErrorCode, number> = {
  "invalid-config": 422,
  unauthorized: 502,
  "not-found": 404,
  conflict: 409,
  "rate-limited": 429,
  unavailable: 503,
  corrupt: 502,
  refused: 422,
  cancelled: 503,
  bug: 500,
};

/** Ends a request with a status of its own and one of our codes. `detail` is shown to people. */
export function refuse(
  context: Koa.Context,
  status: number,
  code: ErrorCode,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): never {
  return context.throw(status, detail, { problemCode: code, headers });
}

/** Turns everything thrown into an answer of `application/problem+json` (RFC 9457). */
export function problems(log: Log): Koa.Middleware {
  return async (context, next) => {
    try {
      await next();
      if (context.status === 404 && context.body === undefined)
        refuse(context, 404, "not-found", `nothing is at ${context.path}`);
    } catch (thrown) {
      if (thrown instanceof Koa.HttpError) {
        const { status, message, headers = {}, problemCode = "refused" } = thrown;
        answer(context, status, String(problemCode), message, headers);
      } else answerError(context, toPublishError(thrown), log);
    }
  };
}

function answerError(context: Koa.Context, error: PublishError, log: Log): void {
  const { code, message, retryAfterMs } = error;
  const fields = { method: context.method, path: context.path, cause: error };
  if (code === "bug") log.error("a request failed by a bug", fields);
  else log.info("a request was not fulfilled", fields);
  const wait = retryAfterMs === undefined ? {} : { "Retry-After": String(Math.ceil(retryAfterMs / 1000)) };
  const detail = code === "bug" ? "unexpected failure; the engine's log says more" : message;
  answer(context, statusOf[code], code, detail, wait);
}

function answer(
  context: Koa.Context,
  status: number,
  code: string,
  detail: string,
  headers: Readonly<Record<string, string>>,
): void {
  context.status = status;
  context.set(headers);
  context.body = JSON.stringify({
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail,
    code,
  });
  context.type = "application/problem+json";
}
