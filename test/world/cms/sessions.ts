import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** A name and password of someone who may log in. */
export interface CmsAccount {
  readonly name: string;
  readonly password: string;
}

/** Who asks: an account's name, nobody, or someone whose HTTP Basic credentials are wrong. */
export type Visitor =
  | { readonly kind: "account"; readonly name: string }
  | { readonly kind: "anonymous" | "wrong" };

/** Who may log in, and who is. */
export interface Sessions {
  /** Checks a name and password; gives the `Set-Cookie` value of a new session, or nothing. */
  readonly logIn: (name: string, password: string) => string | undefined;
  readonly visitor: (headers: IncomingHttpHeaders) => Visitor;
  /** Makes every cookie given out so far worthless. */
  readonly expire: () => void;
  /** From now on, every cookie opens no more than so many requests; undefined takes the limit away. */
  readonly limitUses: (usesMax: number | undefined) => void;
  /** Gives the account another password and makes its cookies worthless; gives back the one it had. */
  readonly setPassword: (name: string, password: string) => string;
}

const cookieName = "__ac";

const sameText = (one: string, other: string): boolean => {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
};

const cookieIn = (header: string | undefined): string | undefined =>
  header
    ?.split(";")
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${cookieName}=`))
    ?.slice(cookieName.length + 1);

/** Reads HTTP Basic credentials (RFC 7617); undefined when the header is absent or of another scheme. */
const basicIn = (header: string | undefined): readonly [string, string] | undefined => {
  const [scheme, encoded = ""] = (header ?? "").split(" ");
  if (scheme?.toLowerCase() !== "basic") return undefined;
  const decoded = Buffer.from(encoded, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  return colon < 0 ? ["", ""] : [decoded.slice(0, colon), decoded.slice(colon + 1)];
};

/** Makes the login of the CMS: HTTP Basic on any request, or the form's `__ac` cookie. */
export const cmsSessions = (accounts: readonly CmsAccount[]): Sessions => {
  const passwords = new Map(accounts.map((account) => [account.name, account.password]));
  const cookies = new Map<string, string>();
  let usesLeft = new Map<string, number>();
  let usesMax: number | undefined;
  const isRight = (name: string, password: string): boolean => {
    const known = passwords.get(name);
    return known !== undefined && sameText(known, password);
  };
  return {
    logIn: (name, password) => {
      if (!isRight(name, password)) return undefined;
      // Quoted and percent-encoded, as the real cookie: a client must send it back as it came.
      const value = `"${randomBytes(24).toString("base64url")}%3D"`;
      cookies.set(value, name);
      return `${cookieName}=${value}; Path=/`;
    },
    visitor: (headers) => {
      const basic = basicIn(headers.authorization);
      if (basic !== undefined) {
        return isRight(...basic) ? { kind: "account", name: basic[0] } : { kind: "wrong" };
      }
      const cookie = cookieIn(headers.cookie) ?? "";
      if (usesMax !== undefined && cookies.has(cookie)) {
        const left = usesLeft.get(cookie) ?? usesMax;
        usesLeft.set(cookie, left - 1);
        if (left === 0) cookies.delete(cookie);
      }
      const name = cookies.get(cookie);
      return name === undefined ? { kind: "anonymous" } : { kind: "account", name };
    },
    expire: () => cookies.clear(),
    limitUses: (uses) => {
      usesMax = uses;
      usesLeft = new Map();
    },
    setPassword: (name, password) => {
      const before = passwords.get(name);
      if (before === undefined) throw new Error(`the CMS has no account ${name}`);
      passwords.set(name, password);
      for (const [cookie, owner] of cookies) if (owner === name) cookies.delete(cookie);
      return before;
    },
  };
};
