import type { PlannedChange } from "../../engine/ports/service.ts";

/** One change of a plan, as the API and the CLI show it. */
export interface PlanLine {
  readonly destination: string;
  readonly kind: "put" | "remove";
  readonly path: string;
  readonly reason: string;
  /** What is sent; 0 for a removal. */
  readonly sizeBytes: number;
  /** What stood there before; absent where nothing did. */
  readonly sizeBytesBefore?: number;
}

/** A planned change as a line. */
export function planLineOf({ destination, change }: PlannedChange): PlanLine {
  const { kind, path, reason, before } = change;
  const sizeBytes = change.kind === "put" ? change.entry.size : 0;
  const line = { destination, kind, path, reason, sizeBytes };
  return before === undefined ? line : { ...line, sizeBytesBefore: before.size };
}
