import type Koa from "koa";

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const headers = {
  "Content-Security-Policy": policy,
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
};

/**
 * On every answer: nothing runs or loads but our own files, nobody frames us, nobody keeps a copy
 * (https://www.w3.org/TR/CSP3/, https://fetch.spec.whatwg.org/).
 */
export const securityHeaders: Koa.Middleware = async (context, next) => {
  context.set(headers);
  await next();
};
