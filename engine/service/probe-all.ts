import type { CallContext, Report } from "../ports/context.ts";
import type { EngineParts } from "../run/engine-parts.ts";

/** Probes the source, every destination and every CDN at once. */
export async function probeAll(parts: EngineParts, context: CallContext): Promise<Report[]> {
  const purgers = new Map([...parts.edges.values()].map((edge) => [edge.purger.name, edge.purger]));
  return Promise.all([
    parts.source.probe(context),
    ...[...parts.destinations.values()].map((destination) => destination.probe(context)),
    ...[...purgers.values()].map((purger) => purger.probe(context)),
  ]);
}
