import { PublishError } from "../errors/publish-error.ts";
import { aboutPage } from "../library/about-page.ts";
import type { GenerationInMaking } from "../library/catalogue/generation-in-making.ts";
import { makeCatalogue } from "../library/catalogue/make-catalogue.ts";
import { libraryFactsOf } from "../library/make-library.ts";
import type { Entry } from "../model/entry.ts";
import type { CallContext } from "../ports/context.ts";
import type { Composed } from "./compose-selection.ts";
import type { EngineParts } from "./engine-parts.ts";
import type { Sessions } from "./sessions.ts";

/** The generation of a composition that is to be made at a destination. */
export interface GenerationOrder extends Composed {
  readonly parts: EngineParts;
  readonly sessions: Sessions;
  readonly destination: string;
  readonly madeAt: Date;
}

/**
 * Makes the catalogue of the generation that a destination gets next, and keeps which composition that will
 * hold. Throws `refused` for a destination that makes no generations.
 */
export async function makeCatalogueAt(
  { parts, composition, library, sessions, destination, madeAt }: GenerationOrder,
  context: CallContext,
): Promise<readonly Entry[]> {
  const { compositions } = parts.store;
  const delivery = await sessions.at(destination, context);
  const standing = await delivery.generations?.(context);
  if (standing === undefined)
    throw new PublishError("refused", `${destination} makes no generations: mirrors need one that does`);
  const known = await compositions.generations(destination);
  const kept = known
    .filter(({ number }) => standing.kept.includes(number))
    .map(({ number, composition: held }) => ({
      number,
      before: () => compositions.entries(held, composition.id),
      after: () => compositions.entries(composition.id, held),
    }));
  const number = standing.next;
  const catalogue = await catalogueOf(parts, { composition, library }, { number, madeAt, kept }, context);
  await compositions.keepGeneration(destination, { number, composition: composition.id, madeAt });
  return catalogue;
}

/** The catalogue of a copy of a composition: what a generation, or a drive, says of itself. */
export function catalogueOf(
  { store, blobs, site, version, signer }: EngineParts,
  { composition, library }: Composed,
  { number, madeAt, kept }: Pick<GenerationInMaking, "number" | "madeAt" | "kept">,
  context: CallContext,
): Promise<readonly Entry[]> {
  const { contact } = site.mirror;
  const totals = { fileCount: composition.entryCount, bytes: composition.bytes };
  const copy = { ...libraryFactsOf(library, []), number, madeAt, version, totals };
  return makeCatalogue(
    {
      ...{ number, madeAt, composition: composition.id, version, kept },
      ...{ siteName: site.name, publicUrl: site.publicUrl, selection: library.selection.name },
      ...(contact === undefined ? {} : { contact }),
      entries: () => store.compositions.entries(composition.id),
      aboutPage: Buffer.from(aboutPage(copy)),
    },
    { blobs, ...(signer === undefined ? {} : { signer }) },
    context,
  );
}
