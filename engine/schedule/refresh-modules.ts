import type { CallContext } from "../ports/context.ts";
import type { EngineParts } from "../run/engine-parts.ts";

/** Asks the source for its modules and keeps what it says. Throws what the source throws. */
export async function refreshModules(parts: EngineParts, context: CallContext): Promise<void> {
  for await (const module of parts.source.modules(context))
    await parts.store.modules.put(module, parts.clock.now());
}
