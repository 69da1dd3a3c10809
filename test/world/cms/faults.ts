import { type Answer, errorAnswer } from "./answer.ts";
import { loginForm } from "./login-pages.ts";

/** A fault that befalls single requests. */
export interface RequestFault {
  /**
   * `answer-500`, `answer-503`: Zope's error pages. `site-error-200`: an error page that says 200.
   * `login-form-instead`: the login form, status 200, in the place of any answer. `empty-body`: the right
   * status and type, no bytes. `truncated-body`: half of what Content-Length promises, then the connection
   * ends. `slow`: the answer begins after `delayMs`, or only when the fault is lifted.
   */
  readonly name:
    | "answer-500"
    | "answer-503"
    | "site-error-200"
    | "login-form-instead"
    | "empty-body"
    | "truncated-body"
    | "slow";
  /** Which request targets (path and query as sent) it befalls; all, when absent. */
  readonly path?: RegExp;
  /** How many requests it befalls; all until it is lifted, when absent. */
  readonly times?: number;
  /** For `slow` alone. */
  readonly delayMs?: number;
}

/** A fault of the whole CMS: the account's password is another, or nothing listens until it is lifted. */
export type SystemFault = { readonly name: "password-changed" } | { readonly name: "restart" };

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

const spoil = (answer: Answer, { name }: RequestFault, baseUrl: string): Answer => {
  switch (name) {
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
    default:
      return answer;
  }
};

/** Puts what the faults say in the place of the right answer. */
export const spoilAnswer = (right: Answer, faults: readonly ActiveFault[], baseUrl: string): Answer => {
  let answer = right;
  for (const { fault } of faults) answer = spoil(answer, fault, baseUrl);
  return answer;
};
