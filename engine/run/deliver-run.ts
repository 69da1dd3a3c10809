import type { Release } from "../model/release.ts";
import { placeOf, type Run } from "../model/run.ts";
import { recipientsOf } from "../plan/route-paths.ts";
import type { CallContext } from "../ports/context.ts";
import { type DeliveryResult, deliverCargo } from "./deliver-cargo.ts";
import { deliverMirror } from "./deliver-mirror.ts";
import type { EngineParts } from "./engine-parts.ts";
import { makeFeeds } from "./make-feeds.ts";
import { makePackages } from "./make-packages.ts";
import { obtainRelease } from "./obtain-release.ts";
import { releaseCargo } from "./release-cargo.ts";

/** Makes what a run is to deliver, and delivers it. */
export async function deliverRun(
  parts: EngineParts,
  run: Run,
  context: CallContext,
): Promise<DeliveryResult> {
  if (run.kind === "mirror") return deliverMirror(parts, run, context);
  const release = await makeOrObtain(parts, run, context);
  const recipients = recipientsOf(parts.site.places[placeOf(run)]);
  return deliverCargo(parts, run, () => releaseCargo(parts, run, release), recipients, context);
}

function makeOrObtain(parts: EngineParts, run: Run, context: CallContext): Promise<Release> {
  if (run.kind === "package") return makePackages(parts, run, context);
  if (run.kind === "feeds") return makeFeeds(parts, run, context);
  return obtainRelease(parts, run, context);
}
