import { gzipSync } from "node:zlib";
import { type Answer, errorAnswer, htmlAnswer, redirectAnswer } from "./answer.ts";
import { loginForm } from "./login-pages.ts";

/** Which requests a fault befalls. */
interface Befalls {
  /** Request targets (path and query as sent); all, when absent. */
  readonly path?: RegExp;
  /** How many requests; all until it is lifted, when absent. */
  readonly times?: number;
}

/**
 * Another answer than the right one. `answer-500`, `answer-503`: Zope's error pages. `site-error-200`: an
 * error page that says 200. `login-form-instead`: the login form, status 200. `empty-body`: the right status
 * and type, no bytes. `wrong-type`: an HTML page, status 200, whatever was asked for. `gzip-bomb`: some
 * kilobytes that unfold to forty million. `endless-redirects`: to the same path with a higher number at its
 * end, which `path` should match too. `rate-limit`: 429 with Retry-After.
 */
type AnswerFault =
  | {
      readonly name:
        | "answer-500"
        | "answer-503"
        | "site-error-200"
        | "login-form-instead"
        | "empty-body"
        | "wrong-type"
        | "gzip-bomb"
        | "endless-redirects";
    }
  | { readonly name: "rate-limit"; readonly retryAfterS: number };

/**
 * The right answer, sent wrongly. `truncated-body`: half of what Content-Length promises, then the
 * connection ends. `broken-at-byte`: the same after `atByte` bytes of each answer, one to a request for a
 * range included. `wrong-length`: all bytes, though Content-Length names so many more (or, below 0, fewer).
 * `slow-loris`: the head, then byte by byte; the rest at once when the fault is lifted. `endless-body`:
 * chunks until the client leaves or the fault is lifted. `connection-reset`: a TCP reset in place of an
 * answer. `slow`: the answer begins after `delayMs`, or only when the fault is lifted.
 */
type SendingFault =
  | { readonly name: "truncated-body" | "slow-loris" | "endless-body" | "connection-reset" }
  | { readonly name: "broken-at-byte"; readonly atByte: number }
  | { readonly name: "wrong-length"; readonly byBytes: number }
  | { readonly name: "slow"; readonly delayMs?: number };

/** A fault that befalls single requests. */
export type RequestFault = Befalls & (AnswerFault | SendingFault);

/**
 * A fault of the whole CMS: the account's password is another, every ticket opens no more than so many
 * requests, or nothing listens; until it is lifted.
 */
type SystemFault =
  | { readonly name: "password-changed" }
  | { readonly name: "restart" }
  | { readonly name: "ticket-expires"; readonly afterRequests: number };

/** Any fault of the CMS, by name. */
export type CmsFault = RequestFault | SystemFault;

/** A request fault that befalls the request at hand. */
export interface ActiveFault {
  readonly fault: RequestFault;
  readonly lifted: Promise<void>;
}

/** The request faults that are on. */
export interface FaultBoard {
  /** Turns a fault on; gives the function that lifts it. */
  readonly raise: (fault: RequestFault) => () => void;
  /** The faults that befall a request; each counts it. */
  readonly befalling: (target: string) => readonly ActiveFault[];
  readonly liftAll: () => void;
}

/** Makes a board without faults. */
export const faultBoard = (): FaultBoard => {
  const lifts = new Set<() => void>();
  const raised = new Map<RequestFault, { left: number; lifted: Promise<void> }>();
  return {
    raise: (given) => {
      const fault = { ...given };
      const { promise, resolve } = Promise.withResolvers<void>();
      raised.set(fault, { left: fault.times ?? Number.POSITIVE_INFINITY, lifted: promise });
      const lift = (): void => {
        raised.delete(fault);
        lifts.delete(lift);
        resolve();
      };
      lifts.add(lift);
      return lift;
    },
    befalling: (target) =>
      [...raised].flatMap(([fault, state]) => {
        if (state.left <= 0 || (fault.path !== undefined && target.search(fault.path) < 0)) return [];
        state.left -= 1;
        return [{ fault, lifted: state.lifted }];
      }),
    liftAll: () => {
      for (const lift of lifts) lift();
    },
  };
};

const conflict = {
  exception: "ConflictError",
  title: "Site Error",
  text: "The database had a write conflict.",
};
const starting = { exception: "KeyError", title: "Site Error", text: "The site is starting up." };

const wrongType = "<html><head><title>Download</title></head><body><p>Please try again.</p></body></html>";

// Made when it is first asked for, and as large as a page must never be.
let bomb: Uint8Array | undefined;

const nextRedirect = (target: string, baseUrl: string): Answer => {
  const [, path = "/", count = "0"] = /^([^?]*?)(\d*)(?:\?.*)?$/.exec(target) ?? [];
  return redirectAnswer(`${baseUrl}${path}${Number(count) + 1}`);
};

const spoil = (answer: Answer, fault: RequestFault, target: string, baseUrl: string): Answer => {
  switch (fault.name) {
    case "answer-500":
      return errorAnswer(500, conflict);
    case "answer-503":
      return errorAnswer(503, starting);
    case "site-error-200":
      return { ...errorAnswer(500, conflict), status: 200 };
    case "login-form-instead":
      return loginForm(baseUrl, "");
    case "empty-body":
      return { ...answer, body: new Uint8Array() };
    case "wrong-type":
      return htmlAnswer(wrongType);
    case "gzip-bomb":
      bomb ??= gzipSync(Buffer.alloc(40_000_000, " "));
      return { ...answer, headers: { ...answer.headers, "Content-Encoding": "gzip" }, body: bomb };
    case "endless-redirects":
      return nextRedirect(target, baseUrl);
    case "rate-limit":
      return htmlAnswer("Too many requests.", 429, { "Retry-After": String(fault.retryAfterS) });
    default:
      return answer;
  }
};

/** Puts what the faults say in the place of the right answer. */
export const spoilAnswer = (
  right: Answer,
  faults: readonly ActiveFault[],
  target: string,
  baseUrl: string,
): Answer => {
  let answer = right;
  for (const { fault } of faults) answer = spoil(answer, fault, target, baseUrl);
  return answer;
};
