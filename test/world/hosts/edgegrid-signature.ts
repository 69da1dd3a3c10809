import { createHash, createHmac } from "node:crypto";

const BODY_BYTES_HASHED = 131_072;
const CLOCK_SKEW_MS_MAX = 30_000;
const AUTHORIZATION = new RegExp(
  "^EG1-HMAC-SHA256 client_token=([^;]+);access_token=([^;]+);" +
    "timestamp=([^;]+);nonce=([^;]+);signature=([^;]+)$",
);
const TIMESTAMP = /^(\d{4})(\d\d)(\d\d)T(\d\d):(\d\d):(\d\d)\+0000$/;

/** The secrets of one API client, as an `.edgerc` section holds them. */
export type EdgegridCredentials = { clientToken: string; clientSecret: string; accessToken: string };

/** The signed parts of a request. `host` and `pathAndQuery` are as they were sent. */
export type SignedRequest = {
  method: string;
  scheme: "http" | "https";
  host: string;
  pathAndQuery: string;
  body: Buffer;
};

/** Why a request is not let in. */
export type EdgegridRefusal = { httpStatus: 400 | 401; title: string; detail: string };

function hmac(key: string, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64");
}

/**
 * The EdgeGrid signature of a request (techdocs.akamai.com/developer/docs/authenticate-with-edgegrid).
 * `auth` is the Authorization header up to and with the semicolon before `signature=`. Only a POST's body
 * is signed, and of it the first 131,072 bytes.
 */
export function edgegridSignature(
  request: SignedRequest,
  auth: string,
  timestamp: string,
  secret: string,
): string {
  const hashed = request.method === "POST" ? request.body.subarray(0, BODY_BYTES_HASHED) : Buffer.alloc(0);
  const contentHash = hashed.length === 0 ? "" : createHash("sha256").update(hashed).digest("base64");
  const fields = [
    request.method,
    request.scheme,
    request.host.toLowerCase(),
    request.pathAndQuery,
    // No header is signed for the purge API.
    "",
    contentHash,
    auth,
  ];
  return hmac(hmac(secret, timestamp), fields.join("\t"));
}

function readTimestamp(timestamp: string): number {
  const parts = TIMESTAMP.exec(timestamp);
  if (parts === null) return Number.NaN;
  const [, year, month, day, hour, minute, second] = parts.map(Number);
  return Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second);
}

/**
 * Creates the check of a server: it returns why a request is refused, or undefined when it is let in. A
 * timestamp may be 30 seconds off, and a nonce is good once.
 */
export function createEdgegridCheck(credentials: EdgegridCredentials, now: () => number) {
  const seenNonces = new Map<string, number>();
  return (request: SignedRequest, authorization: string | undefined): EdgegridRefusal | undefined => {
    const parts = AUTHORIZATION.exec(authorization ?? "");
    const [, clientToken, accessToken, timestamp = "", nonce = "", signature = ""] = parts ?? [];
    if (authorization === undefined || parts === null) {
      return { httpStatus: 401, title: "Not authorized", detail: "Invalid authorization header" };
    }
    if (!(Math.abs(now() - readTimestamp(timestamp)) <= CLOCK_SKEW_MS_MAX)) {
      return { httpStatus: 400, title: "Bad request", detail: "Invalid timestamp" };
    }
    if (clientToken !== credentials.clientToken || accessToken !== credentials.accessToken) {
      return { httpStatus: 401, title: "Not authorized", detail: "Invalid token" };
    }
    const auth = authorization.slice(0, authorization.length - `signature=${signature}`.length);
    if (signature !== edgegridSignature(request, auth, timestamp, credentials.clientSecret)) {
      return { httpStatus: 401, title: "Not authorized", detail: "The signature does not match" };
    }
    for (const [seen, atMs] of seenNonces) if (now() - atMs > 2 * CLOCK_SKEW_MS_MAX) seenNonces.delete(seen);
    if (seenNonces.has(nonce)) return { httpStatus: 400, title: "Bad request", detail: "Duplicate nonce" };
    seenNonces.set(nonce, now());
    return undefined;
  };
}
