import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { HttpTimeouts } from "./http-client.ts";
import { translateHttpError } from "./http-errors.ts";
import type { IncomingBody } from "./incoming-body.ts";

/** What is known of a body before it is read. */
export interface BodyTerms {
  /** Names the request in errors. */
  readonly subject: string;
  /** Of the answer, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes after decompression that are too many. */
  readonly sizeBytesMax: number;
  readonly timeouts: Pick<HttpTimeouts, "paceMs" | "bytesPerSecondMin">;
}

/** How much of a body has come over the wire. */
interface Received {
  sizeBytes: number;
}

// What grows so much, past a size that is nobody's worry, was made to fill a disk.
const expansionMax = 200;
const expandedBytesMax = 10 * 2 ** 20;

/**
 * The body of an answer, decompressed. Ends with `corrupt` if it is shorter than declared (RFC 9112, section
 * 6.3) or badly compressed, with `refused` past its limit or when it decompresses to out of all proportion,
 * with `unavailable` when it stalls or trickles. The connection is let go of when the reader stops.
 */
export async function* readBody(
  source: Pick<IncomingBody, "chunks" | "leave">,
  terms: BodyTerms,
): AsyncGenerator<Uint8Array> {
  const { subject, sizeBytesMax } = terms;
  const received: Received = { sizeBytes: 0 };
  let sizeBytes = 0;
  try {
    const isZipped = isZippedBody(terms);
    const wire = paced(source.chunks, received, terms);
    for await (const chunk of isZipped ? gunzipped(wire) : wire) {
      sizeBytes += chunk.byteLength;
      const bytesMax = isZipped ? Math.min(sizeBytesMax, expansionLimit(received)) : sizeBytesMax;
      if (sizeBytes > bytesMax) {
        const verb = isZipped ? "decompresses to" : "is";
        throw new PublishError("refused", `the body of ${subject} ${verb} more than ${bytesMax} bytes`);
      }
      yield chunk;
    }
  } catch (error) {
    throw translateHttpError(error, subject, "body");
  } finally {
    source.leave();
  }
}

const expansionLimit = (received: Received): number =>
  Math.max(expandedBytesMax, received.sizeBytes * expansionMax);

function isZippedBody({ headers, subject }: BodyTerms): boolean {
  const encoding = (headers["content-encoding"] ?? "").trim().toLowerCase();
  if (encoding === "" || encoding === "identity") return false;
  if (encoding === "gzip" || encoding === "x-gzip") return true;
  throw new PublishError(
    "corrupt",
    `the body of ${subject} is in ${JSON.stringify(encoding)}, an encoding that nobody asked for: ` +
      "turn it off at the server",
  );
}

function gunzipped(wire: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  // The pipeline lets each end know of the other's failure, so whoever reads hears of both: nothing is left
  // to do.
  return pipeline(wire, createGunzip(), () => undefined);
}

/** The same chunks, as long as they come fast enough while somebody waits for them. */
async function* paced(
  chunks: AsyncIterable<Uint8Array>,
  received: Received,
  { subject, timeouts: { paceMs = 60_000, bytesPerSecondMin = 256 } }: BodyTerms,
): AsyncGenerator<Uint8Array> {
  let [waitedMs, sizeBytes] = [0, 0];
  let since = performance.now();
  for await (const chunk of chunks) {
    waitedMs += performance.now() - since;
    sizeBytes += chunk.byteLength;
    received.sizeBytes += chunk.byteLength;
    if (waitedMs >= paceMs) {
      if (sizeBytes * 1000 < bytesPerSecondMin * waitedMs)
        throw new PublishError(
          "unavailable",
          `the body of ${subject} comes slower than ${bytesPerSecondMin} bytes/s for ` +
            `${Math.round(waitedMs / 1000)} s: try again when the server is well`,
        );
      [waitedMs, sizeBytes] = [0, 0];
    }
    yield chunk;
    since = performance.now();
  }
}
