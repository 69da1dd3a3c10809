import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { ModuleRef } from "../../../engine/model/module.ts";
import { urlPathOf } from "../../../engine/model/site-path.ts";
import { type AdapterTools, defineAdapter } from "../../../engine/ports/adapter.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import type { Dependent, Seed, Source } from "../../../engine/ports/source.ts";
import { createGotClient } from "../../shared/http/got-client.ts";
import { hostAndPort } from "../../shared/http/host-and-port.ts";
import type { HttpClient } from "../../shared/http/http-client.ts";
import type { SiteNames } from "../../shared/site/fold-url.ts";
import { canonicalUrl, isResolveUid } from "./canonical-url.ts";
import { judgeAnswer } from "./judge-answer.ts";
import { markModule } from "./mark-module.ts";
import { type PloneOptions, ploneOptions } from "./plone-options.ts";
import { createPloneReader, type PloneReader } from "./plone-reader.ts";
import { createPloneSession } from "./plone-session.ts";
import { trialsOf } from "./plone-trials.ts";
import { probePlone } from "./probe-plone.ts";
import { readListing } from "./read-listing.ts";
import { readPackageslip } from "./read-packageslip.ts";

const listingBytesMax = 64 * 2 ** 20;
const packageslipBytesMax = 16 * 2 ** 20;
const timeouts = { connectMs: 10_000, answerMs: 120_000, idleMs: 60_000 };

/**
 * A Plone 3 site as a source: modules from a listing view that is added to the CMS, seeds from the packing
 * slip of each module, pages as the logged-in account sees them, call-backs to the workflow with an account
 * of their own.
 */
export const ploneSource = defineAdapter<Source, PloneOptions>({
  type: "plone",
  options: ploneOptions,
  hosts: ({ url, allowPrivate }) => [{ host: hostAndPort(url), allowPrivate }],
  create: createPloneSource,
});

function createPloneSource(options: PloneOptions, tools: AdapterTools): Source {
  const { origin, host } = new URL(options.url);
  const client = createGotClient(tools.egress, timeouts);
  const session = createPloneSession(client, origin, options.account);
  const listingUrl = origin + options.listing;
  const reader = createPloneReader({ origin, listingUrl, client, session, clock: tools.clock });
  const hosts = [host, ...options.aliases];
  const rules = { origin, hosts: new Set(hosts), denied: options.denied };
  const listModules = async (context: CallContext): Promise<readonly ModuleRef[]> =>
    readListing(await reader.readText(listingUrl, listingBytesMax, context), options.states);

  return {
    name: tools.name,
    origin,
    hosts,
    async *modules(context) {
      yield* await listModules(context);
    },
    seeds: (module, context) => seedsOf(module, options, reader, rules, context),
    fetch: reader.fetch,
    judge: judgeAnswer,
    canonical: (url) => canonicalUrl(url, rules),
    isPointer: isResolveUid,
    ...markOf(options, client, origin, listModules),
    probe: (context) => {
      const parts = { options, origin, client, session, reader, listModules };
      return probePlone(`${tools.name} (plone at ${origin})`, trialsOf(parts), context);
    },
    async close() {
      client.close();
    },
  };
}

async function* seedsOf(
  module: ModuleRef,
  options: PloneOptions,
  reader: PloneReader,
  names: SiteNames,
  context: CallContext,
): AsyncIterable<Seed | Dependent> {
  const root = names.origin + urlPathOf(module.id);
  const { name, ...selectors } = options.packageslip;
  const slip = await reader.readText(`${root}/${encodeURIComponent(name)}`, packageslipBytesMax, context);
  const { resources, dependents } = readPackageslip(slip, module.id, names, selectors);
  for (const manifest of options.manifests)
    yield { url: `${root}/${encodeURIComponent(manifest)}`, form: "file" };
  yield { url: root, form: "page" };
  yield* resources;
  for (const dependent of dependents) yield { dependent };
}

/** The call-back, if there is an account for it. */
function markOf(
  { workflow }: PloneOptions,
  client: HttpClient,
  origin: string,
  listModules: (context: CallContext) => Promise<readonly ModuleRef[]>,
): Pick<Source, "mark"> {
  if (workflow === undefined) return {};
  return {
    async mark(module, event, context) {
      try {
        await markModule(client, origin, workflow, module, event, context);
      } catch (error) {
        const isConflict = error instanceof PublishError && error.code === "conflict";
        // A call-back repeated after a crash finds the module where it put it, which is what was wanted.
        if (!isConflict) throw error;
        const listed = (await listModules(context)).find(({ id }) => id === module.id);
        if (listed?.state !== event) throw error;
      }
    },
  };
}
