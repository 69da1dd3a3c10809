import type { IncomingMessage } from "node:http";
import type Koa from "koa";
import { PublishError } from "../../engine/errors/publish-error.ts";
import { refuse } from "./problem.ts";

const bodyBytesMax = 64 * 1024;

/** The JSON that a request carries: at most 64 KiB, UTF-8, and called JSON. Refuses with 415, 413 or 400. */
export async function readJsonBody(context: Koa.Context): Promise<unknown> {
  if (!context.is("application/json")) refuse(context, 415, "refused", "the body must be application/json");
  const bytes = (context.request.length ?? 0) > bodyBytesMax ? undefined : await readBytes(context.req);
  if (bytes === undefined) {
    const detail = `the body is larger than ${bodyBytesMax} bytes`;
    return refuse(context, 413, "refused", detail, { Connection: "close" });
  }
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return value;
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return refuse(context, 400, "refused", `the body is not JSON in UTF-8: ${reason}`);
  }
}

/** All bytes of a request, or undefined if they are too many. */
async function readBytes(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    // Left open when it is too large, for a destroyed request could not be answered any more.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > bodyBytesMax) return undefined;
      chunks.push(chunk);
    }
  } catch (thrown) {
    throw new PublishError("cancelled", "the body of the request broke off", { cause: thrown });
  }
  return Buffer.concat(chunks);
}
