import { describe, expect, it } from "vitest";
import { judgeAnswer } from "../../../../adapters/sources/plone/judge-answer.ts";
import type { Fetched } from "../../../../engine/ports/source.ts";

const base = "http://cms.example/a";
function judge(changes: Partial<Omit<Fetched, "body">>, body = "<p>content</p>") {
  const head = { url: base, status: 200, headers: {}, mediaType: "text/html", ...changes };
  return judgeAnswer(head, Buffer.from(body));
}

const loginForm = `<html><form method="post"><input type="text" name="__ac_name" id="__ac_name">
<input name='__ac_password' type='password'></form></html>`;

describe("judging an answer", () => {
  it("lets content pass, also when it talks of the login form", () => {
    expect(judge({})).toEqual({ kind: "content" });
    expect(judge({}, "<p>Post __ac_name and __ac_password.</p>")).toEqual({ kind: "content" });
    expect(judge({}, `<!-- ${loginForm} -->`)).toEqual({ kind: "content" });
    expect(judge({ mediaType: "text/plain" }, loginForm)).toEqual({ kind: "content" });
  });

  it("lets a part pass, since it was asked for", () => {
    expect(judge({ status: 206, mediaType: "application/pdf" }, "%%EOF")).toEqual({ kind: "content" });
  });

  it("promise 8: a login form is told by its fields, its URL and where the CMS sends us", () => {
    const login = { kind: "login-form" };
    expect(judge({}, loginForm)).toEqual(login);
    expect(judge({ mediaType: "application/octet-stream" }, loginForm)).toEqual(login);
    expect(judge({ url: "http://cms.example/login_form" })).toEqual(login);
    const location = "http://cms.example/acl_users/credentials_cookie_auth/require_login?came_from=x";
    const headers = { "bobo-exception-type": "Unauthorized" };
    expect(judge({ status: 302, location, headers })).toEqual(login);
    expect(judge({ status: 401 })).toEqual(login);
  });

  it("promise 8: an error page is told by its status, and by Zope's header when it says 200", () => {
    const headers = { "bobo-exception-type": "AttributeError" };
    expect(judge({ headers })).toMatchObject({ kind: "error-page", retryable: false });
    expect(judge({ headers: { "bobo-exception-type": "ConflictError" } })).toMatchObject({ retryable: true });
    expect(judge({ status: 500 })).toEqual({ kind: "error-page", reason: "status 500", retryable: true });
    expect(judge({ status: 503, headers })).toMatchObject({ kind: "error-page", retryable: true });
    expect(judge({ status: 403 })).toMatchObject({ kind: "error-page", retryable: false });
    expect(judge({ status: 206, headers })).toMatchObject({ kind: "error-page", retryable: false });
    expect(judge({ status: 416 })).toMatchObject({
      reason: expect.stringContaining("status 416"),
      retryable: false,
    });
  });

  it("promise 8: an empty answer is never content", () => {
    expect(judge({}, "")).toMatchObject({ kind: "error-page", retryable: false });
    expect(judge({ status: 204 }, "")).toMatchObject({ kind: "error-page", retryable: false });
  });

  it("tells the rest by its status", () => {
    expect(judge({ status: 304 }, "")).toEqual({ kind: "unchanged" });
    expect(judge({ status: 404, headers: { "bobo-exception-type": "NotFound" } })).toEqual({ kind: "gone" });
    expect(judge({ status: 410 })).toEqual({ kind: "gone" });
    const location = "http://cms.example/b";
    expect(judge({ status: 302, location })).toEqual({ kind: "redirect", location });
    expect(judge({ status: 302 })).toMatchObject({ kind: "error-page", retryable: false });
  });
});
