import { PublishError } from "../errors/publish-error.ts";
import type { Run } from "../model/run.ts";
import type { Recipient } from "../plan/route-paths.ts";
import type { CallContext } from "../ports/context.ts";
import { composeSelection } from "./compose-selection.ts";
import { compositionCargo } from "./composition-cargo.ts";
import { type DeliveryResult, deliverCargo } from "./deliver-cargo.ts";
import type { EngineParts } from "./engine-parts.ts";
import { makeCatalogueAt } from "./make-catalogue-at.ts";

/**
 * Brings every mirror destination to what production holds, selection by selection: each gets a generation
 * if anything in its selection changed.
 */
export async function deliverMirror(
  parts: EngineParts,
  run: Run,
  context: CallContext,
): Promise<DeliveryResult> {
  const selections = parts.site.mirror.selections.filter(({ destinations }) => destinations.length > 0);
  if (selections.length === 0)
    throw new PublishError("refused", "the configuration has no destination for mirror");
  let result: DeliveryResult = "unchanged";
  for (const selection of selections) {
    const composed = await composeSelection(parts, run, selection, context);
    const recipients = selection.destinations.map(
      (destination): Recipient => ({ destination, order: "origin", takes: () => true }),
    );
    const outcome = await deliverCargo(
      parts,
      run,
      (sessions) =>
        compositionCargo(parts, run, composed.composition, (destination, madeAt) =>
          makeCatalogueAt({ parts, ...composed, sessions, destination, madeAt }, context),
        ),
      recipients,
      context,
    );
    if (typeof outcome === "object") return outcome;
    if (outcome === "delivered") result = outcome;
  }
  return result;
}
