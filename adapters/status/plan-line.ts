import type { z } from "zod";
import type { PlannedChange } from "../../engine/ports/service.ts";
import type { planSchema } from "./answers.ts";

/** One change of a plan, as the API and the CLI show it. */
export type PlanLine = z.output<typeof planSchema>["changes"][number];

/** A planned change as a line. */
export function planLineOf({ destination, change }: PlannedChange): PlanLine {
  const { kind, owner, wave, path, reason, before } = change;
  const sizeBytes = change.kind === "put" ? change.entry.size : 0;
  const line = { destination, kind, owner, wave, path, reason, sizeBytes };
  return before === undefined ? line : { ...line, sizeBytesBefore: before.size };
}
