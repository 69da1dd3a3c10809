import type Koa from "koa";
import type { Clock, Log } from "../../engine/ports/context.ts";
import type { Caller, Service } from "../../engine/ports/service.ts";
import { type Role, roles } from "../../engine/ports/store/store.ts";
import { failureLimit } from "./failure-limit.ts";
import { refuse } from "./problem.ts";
import { sessionSeconds, sessions } from "./sessions.ts";

const cookieName = "ocw_session";
const tokenLengthMax = 512;
const askForToken = { "WWW-Authenticate": "Bearer" };
const ownPageOnly =
  "changes by cookie are taken from the dashboard's own page only; a proxy must pass the Host header on";

/** Finds out who calls, by bearer token (RFC 6750) or by the cookie of a session. */
export interface Callers {
  /** Refuses with 401 who is not known, 403 a change that another site may have made, 429 who guesses. */
  identify(context: Koa.Context): Promise<Caller>;
  /** Exchanges a token for a session, whose cookie it sets. */
  signIn(context: Koa.Context, token: string): Promise<Caller>;
  signOut(context: Koa.Context): void;
}

/** Knows the callers that the service knows, and who of them signed in here. */
export function callers(service: Service, clock: Clock, log: Log): Callers {
  const signedIn = sessions(clock);
  const limit = failureLimit(clock);

  async function identifyToken(context: Koa.Context, token: string): Promise<Caller> {
    const waitMs = limit.waitMs(context.ip);
    if (waitMs > 0)
      refuse(context, 429, "rate-limited", "too many unknown tokens came from this address; wait a minute", {
        "Retry-After": String(Math.ceil(waitMs / 1000)),
      });
    const caller = token.length > tokenLengthMax ? undefined : await service.identify(token);
    if (caller !== undefined) return caller;
    limit.failed(context.ip);
    log.warn("an unknown token was refused", { address: context.ip });
    const advice = "this token is not known; ask for one of your own";
    return refuse(context, 401, "unauthorized", advice, askForToken);
  }

  return {
    async identify(context) {
      const [, token] = /^Bearer +(\S+)$/i.exec(context.get("Authorization")) ?? [];
      if (token !== undefined) return identifyToken(context, token);
      const caller = signedIn.find(context.cookies.get(cookieName) ?? "");
      if (caller === undefined)
        return refuse(context, 401, "unauthorized", "sign in, or send a bearer token", askForToken);
      if (context.method !== "GET" && context.method !== "HEAD") requireOwnPage(context);
      return caller;
    },
    async signIn(context, token) {
      requireOwnPage(context);
      const caller = await identifyToken(context, token);
      context.set("Set-Cookie", cookie(context, signedIn.open(caller), sessionSeconds));
      log.info("signed in", { name: caller.name, role: caller.role, address: context.ip });
      return caller;
    },
    signOut(context) {
      requireOwnPage(context);
      signedIn.close(context.cookies.get(cookieName) ?? "");
      context.set("Set-Cookie", cookie(context, "", 0));
    },
  };
}

/** Refuses with 403 a caller whose role may less than `role`. */
export function requireRole(context: Koa.Context, caller: Caller, role: Role): void {
  if (roles.indexOf(caller.role) < roles.indexOf(role))
    refuse(context, 403, "unauthorized", `${caller.name} is ${caller.role}; this needs the role ${role}`);
}

/** Only a page of ours can set the header, and no other origin's page can hide where it comes from. */
function requireOwnPage(context: Koa.Context): void {
  const origin = context.get("Origin");
  const host = URL.canParse(origin) ? new URL(origin).host : undefined;
  if (context.get("X-Requested-With") !== "ocw-engine" || host !== context.host)
    refuse(context, 403, "unauthorized", ownPageOnly);
}

function cookie(context: Koa.Context, value: string, maxAgeSeconds: number): string {
  // TLS ends at a proxy, if anywhere; who forges its header only harms a session of their own.
  const secure = context.get("X-Forwarded-Proto") === "https" ? "; Secure" : "";
  return `${cookieName}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}
