import { PublishError } from "../errors/publish-error.ts";
import type { LinkFinding } from "../model/link-check.ts";
import type { CallContext } from "../ports/context.ts";
import type { Ask } from "./ask-politely.ts";

const redirectsMax = 5;
const detailLengthMax = 500;

/**
 * Looks at a link, through a few redirects; undefined if a host on the way is left alone. A link has moved
 * where the first redirects are for good (RFC 9110, section 15.4) and something stands at their end. Throws
 * `cancelled`.
 */
export async function lookAtLink(
  link: string,
  ask: Ask,
  context: CallContext,
): Promise<LinkFinding | undefined> {
  let url = link;
  let movedTo: string | undefined;
  let status: number | undefined;
  try {
    for (let redirects = 0; redirects <= redirectsMax; redirects++) {
      const answer = await ask(url, context);
      if (answer === undefined) return undefined;
      status = answer.status;
      if (answer.location === undefined) return judge(status, movedTo);
      const isForGood = (status === 301 || status === 308) && url === (movedTo ?? link);
      url = answer.location;
      if (isForGood) movedTo = url;
    }
    return { outcome: "unsure", detail: `more than ${redirectsMax} redirects`, ...statusOf(status) };
  } catch (error) {
    return { ...findingOf(error), ...statusOf(status) };
  }
}

function judge(status: number, movedTo: string | undefined): LinkFinding {
  if (status === 404 || status === 410) return { outcome: "broken", status };
  if (status < 200 || status >= 300) return { outcome: "unsure", status };
  return movedTo === undefined ? { outcome: "ok", status } : { outcome: "moved", status, detail: movedTo };
}

function findingOf(error: unknown): LinkFinding {
  if (!(error instanceof PublishError)) throw error;
  const detail = error.message.slice(0, detailLengthMax);
  if (error.code === "refused") return { outcome: "refused", detail };
  if (error.code === "unavailable") return { outcome: "unreachable", detail };
  if (error.code === "corrupt") return { outcome: "unsure", detail };
  throw error;
}

function statusOf(status: number | undefined): { readonly status?: number } {
  return status === undefined ? {} : { status };
}
