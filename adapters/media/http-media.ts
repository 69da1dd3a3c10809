import { readFile } from "node:fs/promises";
import { PublishError } from "../../engine/errors/publish-error.ts";
import { takeStart } from "../../engine/ports/body-start.ts";
import type { Clock } from "../../engine/ports/context.ts";
import type { Egress } from "../../engine/ports/egress.ts";
import type { MediaSource } from "../../engine/ports/media-source.ts";
import type { HttpTimeouts } from "../shared/http/http-client.ts";
import { conditionsOf, faultOf, fetchedHeadOf } from "../shared/http/source-answer.ts";
import { createUndiciClient } from "../shared/http/undici-client.ts";

const redirectsMax = 5;
// Archives fetch what is rarely asked for from afar.
const usualTimeouts: HttpTimeouts = { connectMs: 20_000, answerMs: 120_000, idleMs: 120_000 };
// RFC 9110, section 15.4.
const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/** Fetches media by HTTP, where the egress policy lets it; a larger body than `sizeBytesMax` is refused. */
export function httpMedia(
  {
    egress,
    clock,
    sizeBytesMax,
    mappingFile,
  }: {
    readonly egress: Egress;
    readonly clock: Pick<Clock, "now">;
    readonly sizeBytesMax: number;
    /** Path of the file that says what stands for players. */
    readonly mappingFile?: string;
  },
  timeouts: HttpTimeouts = usualTimeouts,
): MediaSource {
  const client = createUndiciClient(egress, timeouts);
  return {
    async fetch({ url: first, range }, context) {
      let url = first;
      for (let hops = 0; hops <= redirectsMax; hops++) {
        const asked = range === undefined ? { url } : { url, range };
        const headers = { accept: "*/*", ...conditionsOf(asked) };
        const { body, ...head } = await client.send({ method: "GET", url, headers, sizeBytesMax }, context);
        const fetched = fetchedHeadOf(url, head);
        const fault = faultOf(asked, head, new URL(url).host, clock.now());
        const isMoved = redirectStatuses.has(head.status) && fetched.location !== undefined;
        if (fault === undefined && !isMoved) return { ...fetched, body };
        await (await takeStart(body, 1)).drop();
        if (fault !== undefined) throw fault;
        url = (fetched.location ?? url).replace(/#.*/s, "");
      }
      throw new PublishError("refused", `${new URL(first).host} redirects more than ${redirectsMax} times`);
    },
    mapping: async () => (mappingFile === undefined ? undefined : readMapping(mappingFile)),
    close: () => client.close(),
  };
}

async function readMapping(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new PublishError("invalid-config", `the media mapping ${file} cannot be read`, { cause: error });
  }
}
