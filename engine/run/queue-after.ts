import type { Run, RunRequest } from "../model/run.ts";
import { type EngineParts, tell } from "./engine-parts.ts";

/** Asks for a run that another one calls for, in the name of the same person or schedule. */
export async function queueAfter(
  parts: EngineParts,
  { id, cause }: Run,
  wanted: Pick<RunRequest, "kind" | "module">,
): Promise<void> {
  const request = { ...wanted, cause: { by: cause.by, via: "run" } } as const;
  const queued = await parts.store.runs.enqueue(request, parts.clock.now());
  await tell(parts, queued, "state", `queued after run ${id}`);
}
