import type { Entry } from "../model/entry.ts";
import { assetsModule, courseOfPackages } from "../model/module.ts";
import type { Release } from "../model/release.ts";
import type { Run } from "../model/run.ts";
import { guardChange } from "../plan/guard-plan.ts";
import { makePlan, planRequisites, removal } from "../plan/make-plan.ts";
import type { Recipient } from "../plan/route-paths.ts";
import type { Cargo } from "./cargo.ts";
import type { EngineParts } from "./engine-parts.ts";

/** A release: its own entries, the requisites it needs, and the going of assets nobody needs any more. */
export function releaseCargo(parts: EngineParts, run: Run, release: Release): Cargo {
  const { releases, ledger } = parts.store;
  const { module } = release;
  const entriesFor = (recipient: Recipient) => takenBy(releases.entries(release.id), recipient);
  return {
    id: release.id,
    // A course that is to have no packages any more loses the last one of them.
    ...(courseOfPackages(module) === undefined && { entryCount: release.entryCount }),
    owners: async () => [module, assetsModule],
    async *changes(recipient) {
      const { destination } = recipient;
      yield* makePlan({
        owner: module,
        wanted: entriesFor(recipient),
        held: ledger.held(destination, module),
        comparesMtime: parts.destinations.get(destination)?.traits.setsMtime ?? false,
      });
      yield* planRequisites(
        takenBy(releases.requisites(release.id), recipient),
        (path) => ledger.at(destination, path),
        assetsModule,
      );
      for await (const held of ledger.unreferencedAssets(destination, module, release.id))
        yield removal(held, assetsModule, "unreferenced");
    },
    async count(recipient) {
      let count = 0;
      for await (const _ of entriesFor(recipient)) count++;
      return count;
    },
    isCounted: ({ owner }) => owner === module,
    judge: (change, modules) => guardChange(change, module, modules, parts.site),
    async *standing(recipient) {
      yield { owner: module, entries: () => entriesFor(recipient) };
    },
    settle: ({ destination }) =>
      ledger.setLive({
        ...{ destination, module, release: release.id, run: run.id },
        ...{ at: parts.clock.now(), by: run.cause.by },
      }),
  };
}

async function* takenBy(entries: AsyncIterable<Entry>, recipient: Recipient): AsyncGenerator<Entry> {
  for await (const entry of entries) if (recipient.takes(entry.path)) yield entry;
}
