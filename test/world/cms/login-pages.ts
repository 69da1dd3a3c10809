import { escapeHtml } from "../content/escape-html.ts";
import { type Answer, htmlAnswer, redirectAnswer } from "./answer.ts";
import type { Sessions } from "./sessions.ts";

/** Where the CMS sends those who may not see what they asked for. */
export const requireLoginPath = "/acl_users/credentials_cookie_auth/require_login";

/** Redirects to the login form, which then comes with status 200: this CMS never says 401 or 403. */
export const loginRedirect = (baseUrl: string, asked: string): Answer =>
  redirectAnswer(`${baseUrl}${requireLoginPath}?came_from=${encodeURIComponent(baseUrl + asked)}`, {
    "Bobo-Exception-Type": "Unauthorized",
  });

/** The login form, status 200, whatever went before. */
export const loginForm = (baseUrl: string, cameFrom: string, message = ""): Answer =>
  htmlAnswer(`<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
  "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
<head><title>Log in</title><base href="${baseUrl}/login_form" /></head>
<body class="template-login_form"><div id="content">
<h1 class="documentFirstHeading">Please log in</h1>
${message === "" ? "" : `<dl class="portalMessage error"><dt>Error</dt><dd>${escapeHtml(message)}</dd></dl>`}
<form method="post" id="login_form" action="${baseUrl}/login_form">
<input type="hidden" name="came_from" value="${escapeHtml(cameFrom)}" />
<input type="hidden" name="form.submitted" value="1" />
<input type="hidden" name="js_enabled" id="js_enabled" value="0" />
<input type="hidden" name="cookies_enabled" id="cookies_enabled" value="" />
<label for="__ac_name">Login Name</label> <input type="text" name="__ac_name" id="__ac_name" value="" />
<label for="__ac_password">Password</label> <input type="password" name="__ac_password" id="__ac_password" />
<input class="context" type="submit" name="submit" value="Log in" />
</form></div></body></html>
`);

/** Answers a posted login form: 302 with the `__ac` cookie, or the form again with status 200. */
export const logIn = (baseUrl: string, form: URLSearchParams, sessions: Sessions): Answer => {
  const cameFrom = form.get("came_from") ?? "";
  const submitted = form.get("form.submitted") === "1" && form.get("cookies_enabled") === "1";
  const cookie = submitted
    ? sessions.logIn(form.get("__ac_name") ?? "", form.get("__ac_password") ?? "")
    : undefined;
  if (cookie === undefined) {
    return loginForm(baseUrl, cameFrom, "Login failed. Both login name and password are case sensitive.");
  }
  const target = cameFrom.startsWith(`${baseUrl}/`) ? cameFrom : `${baseUrl}/`;
  return redirectAnswer(target, { "Set-Cookie": cookie });
};
