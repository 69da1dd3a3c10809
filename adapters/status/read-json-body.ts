import type Koa from "koa";
import { refuse } from "./problem.ts";

const bodyBytesMax = 64 * 1024;

/** The JSON that a request carries: at most 64 KiB, UTF-8, and called JSON. Refuses with 415, 413 or 400. */
export async function readJsonBody(context: Koa.Context): Promise<unknown> {
  if (!context.is("application/json")) refuse(context, 415, "refused", "the body must be application/json");
  const tooLarge = () =>
    refuse(context, 413, "refused", `the body is larger than ${bodyBytesMax} bytes`, { Connection: "close" });
  if ((context.request.length ?? 0) > bodyBytesMax) tooLarge();
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  // Left open when it is too large, for a destroyed request could not be answered any more.
  for await (const chunk of context.req.iterator({ destroyOnReturn: false })) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > bodyBytesMax) tooLarge();
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)),
    );
    return value;
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return refuse(context, 400, "refused", `the body is not JSON in UTF-8: ${reason}`);
  }
}
