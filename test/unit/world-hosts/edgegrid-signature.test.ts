import { createRequire } from "node:module";
import { expect, test } from "vitest";
import {
  createEdgegridCheck,
  edgegridSignature,
  type SignedRequest,
} from "../../world/hosts/edgegrid-signature.ts";

// The package's own typings have the arguments in the wrong order.
const { generateAuth }: { generateAuth: (...parts: unknown[]) => { headers: { Authorization: string } } } =
  createRequire(import.meta.url)("../../../node_modules/akamai-edgegrid/src/auth.js");

const HOST = "akaa-baseurl-xxxxxxxxxxx-xxxxxxxxxxxxx.luna.akamaiapis.net";
const TIMESTAMP = "20140321T19:34:21+0000";
const CREDENTIALS = {
  clientToken: "akab-client-token-xxx-xxxxxxxxxxxxxxxx",
  clientSecret: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=",
  accessToken: "akab-access-token-xxx-xxxxxxxxxxxxxxxx",
};
const AUTH =
  "EG1-HMAC-SHA256 client_token=akab-client-token-xxx-xxxxxxxxxxxxxxxx;" +
  "access_token=akab-access-token-xxx-xxxxxxxxxxxxxxxx;" +
  `timestamp=${TIMESTAMP};nonce=nonce-xx-xxxx-xxxx-xxxx-xxxxxxxxxxxx;`;
const AT_MS = Date.UTC(2014, 2, 21, 19, 34, 21);

const request = (parts: Partial<SignedRequest> = {}): SignedRequest => ({
  method: "GET",
  scheme: "https",
  host: HOST,
  pathAndQuery: "/",
  body: Buffer.alloc(0),
  ...parts,
});

// The vectors that Akamai publishes with its clients (test_data.json).
test.each([
  [request(), "tL+y4hxyHxgWVD30X3pWnGKHcPzmrIF+LThiAOhMxYU="],
  [request({ pathAndQuery: "/testapi/v1/t1?p1=1&p2=2" }), "hKDH1UlnQySSHjvIcZpDMbQHihTQ0XyVAKZaApabdeA="],
  [
    request({
      method: "POST",
      pathAndQuery: "/testapi/v1/t3",
      body: Buffer.from("datadatadatadatadatadatadatadata"),
    }),
    "hXm4iCxtpN22m4cbZb4lVLW5rhX8Ca82vCFqXzSTPe4=",
  ],
])("computes the published signature %#", (signed, expected) => {
  expect(edgegridSignature(signed, AUTH, TIMESTAMP, CREDENTIALS.clientSecret)).toBe(expected);
});

test.each(["GET", "POST", "PUT"])("lets in what Akamai's own client signed: %s", (method) => {
  const body = method === "GET" ? "" : JSON.stringify({ objects: ["http://host/é"] });
  const outgoing = { method, path: "/ccu/v3/delete/url?accountSwitchKey=1", body, headers: {} };
  const { clientToken, clientSecret, accessToken } = CREDENTIALS;
  const { headers } = generateAuth(outgoing, clientToken, clientSecret, accessToken, `https://${HOST}`);
  const check = createEdgegridCheck(CREDENTIALS, Date.now);
  const received = request({ method, pathAndQuery: outgoing.path, body: Buffer.from(body) });
  expect(check(received, headers.Authorization)).toBeUndefined();
});

const signedGet = `${AUTH}signature=tL+y4hxyHxgWVD30X3pWnGKHcPzmrIF+LThiAOhMxYU=`;

test.each([
  ["a clock 30 seconds ahead", 30_000, request(), signedGet, undefined],
  ["a clock 31 seconds ahead", 31_000, request(), signedGet, "Invalid timestamp"],
  ["a clock 31 seconds behind", -31_000, request(), signedGet, "Invalid timestamp"],
  ["another timestamp form", 0, request(), signedGet.replace("+0000", "Z"), "Invalid timestamp"],
  ["another method", 0, request({ method: "POST" }), signedGet, "The signature does not match"],
  ["another scheme", 0, request({ scheme: "http" }), signedGet, "The signature does not match"],
  ["another host", 0, request({ host: "other" }), signedGet, "The signature does not match"],
  ["another path", 0, request({ pathAndQuery: "/?" }), signedGet, "The signature does not match"],
  ["another nonce", 0, request(), signedGet.replace("nonce-xx", "nonce-xy"), "The signature does not match"],
  ["another client", 0, request(), signedGet.replace("akab-client", "akab-other"), "Invalid token"],
  ["no header", 0, request(), undefined, "Invalid authorization header"],
  ["half a header", 0, request(), AUTH, "Invalid authorization header"],
])("judges %s", (_name, skewMs, received, authorization, detail) => {
  const check = createEdgegridCheck(CREDENTIALS, () => AT_MS + skewMs);
  expect(check(received, authorization)?.detail).toBe(detail);
});

test("takes a nonce once", () => {
  const check = createEdgegridCheck(CREDENTIALS, () => AT_MS);
  expect(check(request(), signedGet)).toBeUndefined();
  expect(check(request(), signedGet)).toMatchObject({ httpStatus: 400, detail: "Duplicate nonce" });
});
