import { PublishError } from "../../engine/errors/publish-error.ts";
import type { Egress } from "../../engine/ports/egress.ts";
import type { LinkChecker } from "../../engine/ports/link-checker.ts";
import { createGotClient } from "../shared/http/got-client.ts";
import type { HttpTimeouts } from "../shared/http/http-client.ts";
import { fetchedHeadOf } from "../shared/http/source-answer.ts";

const urlLengthMax = 8_000;
// A person who waits longer takes the link for dead, too.
const usualTimeouts: HttpTimeouts = { connectMs: 10_000, answerMs: 30_000, idleMs: 30_000 };
// RFC 9110, section 15.4: 300 gives a choice, 304 answers nothing that was asked.
const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/**
 * Looks at links by HTTP, one GET each, where the egress policy lets it. It sends no cookie, credential or
 * referrer, and goes away after the head of the answer: hosts tell different things to HEAD.
 */
export function httpLinks(egress: Egress, timeouts: HttpTimeouts = usualTimeouts): LinkChecker {
  const client = createGotClient(egress, timeouts);
  return {
    judge(url) {
      if (url.length > urlLengthMax)
        throw new PublishError("refused", `a link of more than ${urlLengthMax} characters is not asked for`);
      egress.check(new URL(url));
    },
    async check(url, { signal, log }) {
      const done = new AbortController();
      const context = { signal: AbortSignal.any([signal, done.signal]), log };
      const request = { method: "GET", url, headers: { accept: "*/*" }, sizeBytesMax: 0 } as const;
      try {
        const head = await client.send(request, context);
        const { status, location } = fetchedHeadOf(url, head);
        if (location === undefined || !redirectStatuses.has(status)) return { status };
        return { status, location: location.replace(/#.*/, "") };
      } finally {
        done.abort();
      }
    },
    close: () => client.close(),
  };
}
