import { createHash } from "node:crypto";
import { type AdapterTools, defineAdapter } from "../../../engine/ports/adapter.ts";
import type { Edge } from "../../../engine/ports/purger.ts";
import { createGotClient } from "../../shared/http/got-client.ts";
import { hostAndPort } from "../../shared/http/host-and-port.ts";
import { type AkamaiOptions, akamaiOptions } from "./akamai-options.ts";
import { edgegridSigner } from "./edgegrid.ts";
import { fastPurge } from "./fast-purge.ts";

const timeouts = { connectMs: 10_000, answerMs: 30_000, idleMs: 30_000 };
// The largest file a course may hold; a proof reads it whole.
const proofBytesMax = 16 * 1024 ** 3;

/** An Akamai edge with Fast Purge behind it. */
export const akamaiEdge = defineAdapter({
  type: "akamai",
  options: akamaiOptions,
  hosts: ({ origin, edgerc, section, endpoint, allowPrivate }: AkamaiOptions) =>
    [origin, edgegridSigner(edgerc, section, endpoint).endpoint].map((url) => ({
      host: hostAndPort(url),
      allowPrivate,
    })),
  create: createAkamaiEdge,
});

function createAkamaiEdge(options: AkamaiOptions, tools: AdapterTools): Edge {
  const { origin, edgerc, section, endpoint, network, action } = options;
  const http = createGotClient(tools.egress, timeouts);
  const signer = edgegridSigner(edgerc, section, endpoint);
  return {
    name: tools.name,
    origin,
    purger: fastPurge({ name: tools.name, network, action }, signer, http),
    async fetch(url, context) {
      const answer = await http.send({ method: "GET", url, sizeBytesMax: proofBytesMax }, context);
      const hash = createHash("sha256");
      let size = 0;
      for await (const chunk of answer.body) {
        hash.update(chunk);
        size += chunk.length;
      }
      const cache = answer.headers["x-cache"] ?? "no word of its cache";
      return { url, status: answer.status, digest: hash.digest("hex"), size, cache };
    },
  };
}
