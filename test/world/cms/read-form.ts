import type { IncomingMessage } from "node:http";

const formBytesMax = 64 * 1024;

/** Reads a posted `application/x-www-form-urlencoded` body; undefined when it is too long. */
export const readForm = async (request: IncomingMessage): Promise<URLSearchParams | undefined> => {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    sizeBytes += bytes.length;
    // What is too long is still read to its end, else the client could not be told.
    if (sizeBytes <= formBytesMax) chunks.push(bytes);
  }
  return sizeBytes > formBytesMax ? undefined : new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
};
