import { libraryModule } from "../model/module.ts";
import type { Run } from "../model/run.ts";
import type { EngineParts } from "./engine-parts.ts";
import { queueAfter } from "./queue-after.ts";

/**
 * Asks for a mirror run after a run that changed production. One that waits already will see the change, too:
 * what is published while a generation is made is gathered into the next one.
 */
export async function queueMirror(parts: EngineParts, run: Run): Promise<void> {
  const waiting = await parts.store.runs.list({ module: libraryModule, states: ["queued"], countMax: 100 });
  if (waiting.some(({ kind }) => kind === "mirror")) return;
  await queueAfter(parts, run, { kind: "mirror", module: libraryModule });
}
