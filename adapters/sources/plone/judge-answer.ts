import { load } from "cheerio";
import type { Fetched, Verdict } from "../../../engine/ports/source.ts";
import { rangeRefused } from "../../shared/http/source-answer.ts";

/** How much of a body is enough to judge it. */
export const judgedBytes = 65_536;

const loginPath = /\/(?:require_login|login_form|login)$/;

/**
 * Judges an answer of Plone by its head and the start of its body. The CMS says 200 to much that is not
 * content: its login form, pages of errors (told by the header Bobo-Exception-Type that Zope adds), and
 * nothing at all.
 */
export function judgeAnswer(head: Omit<Fetched, "body">, bodyStart: Uint8Array): Verdict {
  const { status, headers } = head;
  if (status === 304) return { kind: "unchanged" };
  if (status >= 300 && status < 400) return judgeRedirect(head);
  if (status === 404 || status === 410) return { kind: "gone" };
  if (status === 401) return { kind: "login-form" };
  const exception = headers["bobo-exception-type"];
  if ((status !== 200 && status !== 206) || exception !== undefined) return errorPage(status, exception);
  if (bodyStart.byteLength === 0)
    return { kind: "error-page", reason: "the answer is empty", retryable: false };
  if (loginPath.test(new URL(head.url).pathname)) return { kind: "login-form" };
  return hasLoginForm(head.mediaType, bodyStart) ? { kind: "login-form" } : { kind: "content" };
}

/** True if a redirect's target is where the CMS asks for a login. */
export function leadsToLogin(location: string | undefined): boolean {
  return location !== undefined && URL.canParse(location) && loginPath.test(new URL(location).pathname);
}

function judgeRedirect({ status, location }: Omit<Fetched, "body">): Verdict {
  if (leadsToLogin(location)) return { kind: "login-form" };
  if (location !== undefined && [301, 302, 303, 307, 308].includes(status))
    return { kind: "redirect", location };
  return { kind: "error-page", reason: `status ${status} without a place to go to`, retryable: false };
}

function errorPage(status: number, exception: string | undefined): Verdict {
  if (status === 416) return { kind: "error-page", reason: rangeRefused, retryable: false };
  const named = exception === undefined ? "" : ` with the exception ${exception.slice(0, 80)}`;
  // Zope tries a conflicting transaction again by itself only so often; what then leaks out passes by itself
  // too.
  const passes = status >= 500 || status === 429 || /Conflict|Retry/.test(exception ?? "");
  return { kind: "error-page", reason: `status ${status}${named}`, retryable: passes };
}

function hasLoginForm(mediaType: string, bodyStart: Uint8Array): boolean {
  if (!/html|^application\/octet-stream$/.test(mediaType)) return false;
  const text = Buffer.from(bodyStart).toString("latin1");
  // Parsing only what mentions the field at all keeps the judging of thousands of pages cheap.
  if (!text.includes("__ac_password")) return false;
  const $ = load(text);
  return ["__ac_name", "__ac_password"].every((name) => $(`form input[name="${name}"]`).length > 0);
}
