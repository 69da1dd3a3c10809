import { STATUS_CODES } from "node:http";
import { escapeHtml } from "../content/escape-html.ts";

/** A whole answer of the CMS, before any fault is laid over it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Answers with HTML as Zope does: UTF-8, no validators. */
export const htmlAnswer = (
  html: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({
  status,
  headers: { "Content-Type": "text/html;charset=utf-8", ...headers },
  body: Buffer.from(html),
});

/** Redirects with 302, as Zope 2 does by itself. */
export const redirectAnswer = (location: string, headers: Readonly<Record<string, string>> = {}): Answer =>
  htmlAnswer("", 302, { Location: location, ...headers });

/** What is wrong, in the words and headers of Zope 2's error page. */
export interface SiteError {
  readonly exception: string;
  readonly title: string;
  readonly text: string;
}

/** Answers with an error page that carries Zope 2's `Bobo-Exception-*` headers. */
export const errorAnswer = (status: number, { exception, title, text }: SiteError): Answer =>
  htmlAnswer(
    `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
  "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>${escapeHtml(title)}</title></head>
<body><div id="content"><h1 class="documentFirstHeading">${escapeHtml(title)}</h1>
<p class="documentDescription">${escapeHtml(text)}</p></div></body></html>
`,
    status,
    {
      "Bobo-Exception-Type": exception,
      "Bobo-Exception-Value": STATUS_CODES[status] ?? exception,
      "Bobo-Exception-File": "BaseRequest.py",
      "Bobo-Exception-Line": "415",
    },
  );

/** Answers 404 for an address under which nothing is found. */
export const notFoundAnswer = (path: string): Answer =>
  errorAnswer(404, {
    exception: "NotFound",
    title: "This page does not seem to exist…",
    text: `We apologize for the inconvenience: nothing is known as ${path}.`,
  });
