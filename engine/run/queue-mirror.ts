import { libraryModule } from "../model/module.ts";
import type { Run } from "../model/run.ts";
import { type EngineParts, tell } from "./engine-parts.ts";

/**
 * Asks for a mirror run after a run that changed production. One that waits already will see the change, too:
 * what is published while a generation is made is gathered into the next one.
 */
export async function queueMirror(parts: EngineParts, run: Run): Promise<void> {
  const { runs } = parts.store;
  const waiting = await runs.list({ module: libraryModule, states: ["queued"], countMax: 100 });
  if (waiting.some(({ kind }) => kind === "mirror")) return;
  const cause = { by: run.cause.by, via: "run" } as const;
  const request = { kind: "mirror", module: libraryModule, cause } as const;
  const queued = await runs.enqueue(request, parts.clock.now());
  await tell(parts, queued, "state", `queued after run ${run.id}`);
}
