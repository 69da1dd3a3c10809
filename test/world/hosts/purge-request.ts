import type { PurgeAction, PurgeType } from "./edge-cache.ts";

/** What a purge request asks for; URLs are full. */
export type PurgeRequest = {
  action: PurgeAction;
  type: PurgeType;
  network: "production" | "staging";
  objects: readonly (string | number)[];
};

/** Why a request is not taken, as the answer's status, title and detail. */
export type PurgeProblem = { httpStatus: number; title: string; detail: string };

const ROUTE = /^\/ccu\/v3\/(invalidate|delete)\/(url|cpcode|tag)(?:\/(production|staging))?$/;

/** What the request's path asks for, whatever its query; undefined when the API has no such path. */
export function readPurgeRoute(url: string): Omit<PurgeRequest, "objects"> | undefined {
  const [, action, type, network = "production"] = ROUTE.exec(url.split("?", 1)[0] ?? "") ?? [];
  if (action !== "invalidate" && action !== "delete") return undefined;
  if (type !== "url" && type !== "cpcode" && type !== "tag") return undefined;
  return { action, type, network: network === "staging" ? "staging" : "production" };
}

function bad(detail: string): PurgeProblem {
  return { httpStatus: 400, title: "Bad request", detail };
}

function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The objects of a request's body, URLs made full with `hostname`; or what is wrong with it. */
export function readPurgeObjects(type: PurgeType, body: string): PurgeProblem | (string | number)[] {
  const parsed = readJson(body);
  if (typeof parsed !== "object" || parsed === null) return bad("the body is not a JSON object");
  const { objects, hostname, ...others } = { objects: undefined, hostname: undefined, ...parsed };
  const stray = Object.keys(others)[0];
  if (stray !== undefined) return bad(`unknown property ${stray}`);
  const list: unknown[] = Array.isArray(objects) ? objects : [];
  if (list.length === 0) return bad("objects must be a list that is not empty");
  const wanted = type === "cpcode" ? Number.isInteger : (object: unknown) => typeof object === "string";
  const typed = list.filter((object) => typeof object === "string" || typeof object === "number");
  if (!list.every(wanted) || typed.length !== list.length)
    return bad(`objects must all be of the type ${type}`);
  if (hostname === undefined) return typed;
  if (typeof hostname !== "string" || type !== "url") return bad("hostname goes with URLs alone");
  if (!typed.every((object) => String(object).startsWith("/")))
    return bad("with hostname, objects are paths");
  return typed.map((object) => `http://${String(hostname)}${object}`);
}

/** The first object that this account may not purge: a URL of another host, or another CP code. */
export function findUnauthorized(
  request: Pick<PurgeRequest, "type" | "objects">,
  allowed: { hosts: readonly string[]; cpCodes: readonly number[] },
): string | number | undefined {
  return request.objects.find((object) => {
    if (request.type === "tag") return false;
    if (request.type === "cpcode") return !allowed.cpCodes.includes(Number(object));
    const url = URL.parse(String(object));
    return url === null || !allowed.hosts.includes(url.host);
  });
}
