import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { translateHttpError } from "./http-errors.ts";

/** What is known of a body before it is read. */
export interface BodyTerms {
  /** Names the request in errors. */
  readonly subject: string;
  /** Of the answer, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes after decompression that are too many. */
  readonly sizeBytesMax: number;
}

/**
 * The body of an answer, decompressed. Ends with `corrupt` if it is shorter or longer than declared (RFC
 * 9112, section 6.3) or badly compressed, with `refused` past its limit, with `unavailable` when it stalls.
 * The connection is let go of when the reader stops.
 */
export async function* readBody(stream: Readable, terms: BodyTerms): AsyncGenerator<Uint8Array> {
  const { subject, sizeBytesMax } = terms;
  let size = 0;
  try {
    for await (const chunk of decoded(stream, terms)) {
      size += chunk.byteLength;
      if (size > sizeBytesMax)
        throw new PublishError("refused", `the body of ${subject} is larger than ${sizeBytesMax} bytes`);
      yield chunk;
    }
  } catch (error) {
    throw translateHttpError(error, subject, "body");
  } finally {
    stream.destroy();
  }
}

function decoded(stream: Readable, terms: BodyTerms): AsyncIterable<Uint8Array> {
  const encoding = (terms.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding === "identity" || encoding === "") return stream;
  if (encoding !== "gzip" && encoding !== "x-gzip")
    throw new PublishError(
      "corrupt",
      `the body of ${terms.subject} is in ${JSON.stringify(encoding)}, an encoding that nobody asked for`,
    );
  const gunzip = createGunzip();
  // The pipeline lets each end know of the other's failure, so whoever reads hears of both: nothing is left
  // to do.
  return pipeline(stream, gunzip, () => undefined);
}
