import { Readable } from "node:stream";
import type Router from "@koa/router";
import { PublishError } from "../../engine/errors/publish-error.ts";
import { parseDigest } from "../../engine/model/digest.ts";
import type { Service } from "../../engine/ports/service.ts";
import { driveWishSchema } from "./answers.ts";
import { type Callers, requireRole } from "./callers.ts";
import { drivePlanSchema } from "./drive-answers.ts";
import { refuse } from "./problem.ts";
import { defineRoute, type Route } from "./route.ts";

/** The route that tells what would fit on a drive. */
export function driveRoutes(service: Service): Route[] {
  return [
    defineRoute({
      method: "post",
      path: "/api/drive-plans",
      summary: "What would fit on a drive, by what is known now; changes nothing.",
      role: "operator",
      body: driveWishSchema,
      answer: drivePlanSchema,
      run: ({ body }) => service.planDrive(body),
    }),
  ];
}

/**
 * The route that streams what a run composed for a drive: its list, and the bytes of the files on it, from a
 * byte on where `Range` says so (RFC 9110, section 14). `closing` ends it: whoever writes a drive goes on
 * behind what came.
 */
export function addDriveStream(
  router: Router,
  service: Service,
  callers: Callers,
  closing: AbortSignal,
): void {
  router.get("/api/runs/:run/drive/:digest", async (context) => {
    requireRole(context, await callers.identify(context), "operator");
    const run = Number(context.params.run);
    if (!Number.isSafeInteger(run)) throw new PublishError("not-found", "no run has such a number");
    const range = context.get("Range");
    const [, start] = /^bytes=(\d{1,15})-$/.exec(range) ?? [];
    if (range !== "" && start === undefined)
      refuse(context, 416, "refused", "ranges are given from a byte to the end only: bytes=N-");
    const from = Number(start ?? 0);
    const text = context.params.digest ?? "";
    if (!/^[0-9a-f]{64}$/.test(text)) throw new PublishError("not-found", "a file is named by its sha256");
    const { size, bytes } = await service.driveFile(run, parseDigest(text), from);
    if (from > 0) context.set("Content-Range", `bytes ${from}-${size - 1}/${size}`);
    context.status = from > 0 ? 206 : 200;
    context.type = "application/octet-stream";
    context.body = Readable.from(bytes, { signal: closing });
    context.length = size - from;
  });
}

const inPath = (name: string, type: string) => ({ name, in: "path", required: true, schema: { type } });

/** How the OpenAPI tells of the stream. */
export const driveStreamPaths = {
  "/api/runs/{run}/drive/{digest}": {
    get: {
      summary: "The bytes of a drive's list, or of a file on it; from a byte on where Range says bytes=N-.",
      description: "Role: operator. The list is JSON lines: what is said on the drive, then its files.",
      parameters: [inPath("run", "integer"), inPath("digest", "string")],
      responses: { "2XX": { description: "The bytes.", content: { "application/octet-stream": {} } } },
    },
  },
};
