import { z } from "zod";
import { date, digest, driveWishSchema, listOf, moduleId, named, sitePath } from "./answers.ts";

const need = z.object({
  files: z.int(),
  bytes: z.int(),
  space: z.int(),
  obstacle: z.string().exactOptional(),
});
const driveModule = need.extend({ module: moduleId });

/** What fits on a drive, and what does not. */
export const drivePlanSchema = named(
  "DrivePlan",
  z.object({
    request: driveWishSchema,
    rule: z.string(),
    clusterBytes: z.int(),
    roomBytes: z.int(),
    spaceBytes: z.int(),
    base: need,
    chosen: listOf(driveModule),
    leftOut: listOf(driveModule.extend({ reason: z.string() })),
    unknown: listOf(z.string()),
  }),
);

/** The first line of the list of a drive. */
export const driveHeadSchema = z.object({ composition: z.int(), createdAt: date, plan: drivePlanSchema });

/** Every other line of it. */
export const driveEntrySchema = z.object({
  path: sitePath,
  digest,
  size: z.int().min(0),
  mtimeSeconds: z.int().min(0),
});
