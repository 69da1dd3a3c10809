import { PublishError } from "../errors/publish-error.ts";
import type { ModuleId, ModuleRef } from "../model/module.ts";
import type { Snapshot } from "../model/release.ts";
import type { CallContext } from "../ports/context.ts";
import type { Seed } from "../ports/source.ts";
import { askPatiently } from "./ask-patiently.ts";
import type { CrawlOrder, Declared } from "./crawl-order.ts";
import { crawlPages } from "./crawl-pages.ts";
import type { CrawlReport } from "./crawl-report.ts";
import { goOnWith } from "./go-on-with.ts";
import { reportOf } from "./report-of.ts";

const passesMax = 3;

/**
 * Crawls one module into a new snapshot: all that the source declares, then what its pages and style sheets
 * refer to, as far as it belongs to the module or to the assets module. Each URL is visited once, with the
 * validators of the last crawl. A draft that an earlier process or run left is gone on with, where the source
 * tells that the module did not change since. A module that changes meanwhile is looked at again.
 *
 * A page that fails is recorded and the others go on; then the snapshot stays a draft and the crawl throws
 * `unavailable` (it may pass) or `corrupt`, naming the first of the failed. Throws `unauthorized` when the
 * source refuses its account, `refused` past a limit or when the module is withdrawn meanwhile, `unavailable`
 * when the source went away, `conflict` when the module changes at every pass, `cancelled`.
 */
export async function crawlModule(
  order: CrawlOrder,
  context: CallContext,
): Promise<CrawlReport & { readonly snapshot: Snapshot }> {
  const { store, blobs } = order;
  const startedMs = order.clock.now().getTime();
  let { module } = order;
  for (let pass = 1; ; pass++) {
    const declared = await collectDeclared({ ...order, module }, context);
    const { draft, earlier } = await goOnWith({ ...order, module }, pass > 1);
    const bytes = await crawlPages({ ...order, module }, declared, draft, earlier, startedMs, context);
    const report = await reportOf(store.snapshots, draft.id, bytes);
    throwIfFailed(module, report);
    const now = await listedAgain(order, draft.module, context);
    if (now === undefined || now.revision === draft.module.revision) {
      await blobs.sync();
      return { ...report, snapshot: await store.snapshots.complete(draft.id) };
    }
    if (pass === passesMax)
      throw new PublishError(
        "conflict",
        `${module.id} was changed during each of ${passesMax} crawls: publish it when its authors are done`,
      );
    context.log.warn("the module changed while it was crawled: it is looked at again", { pass });
    module = now;
  }
}

/** Lists what the source declares before anything is fetched, so that its word on a URL is known first. */
function collectDeclared(order: CrawlOrder, context: CallContext): Promise<Declared> {
  const { urlsMax } = order.limits;
  const collect = async (): Promise<Declared> => {
    const seeds: Seed[] = [];
    const dependents = new Set<ModuleId>();
    for await (const each of order.source.seeds(order.module, context)) {
      if ("dependent" in each) dependents.add(each.dependent);
      else if (seeds.push(each) > urlsMax)
        throw new PublishError("refused", `${order.module.id} declares more than ${urlsMax} URLs`);
    }
    return { seeds, dependents: [...dependents] };
  };
  return askPatiently(collect, order, context);
}

/** The module as the source lists it after the crawl; undefined where it does not tell of changes. */
async function listedAgain(
  order: CrawlOrder,
  module: ModuleRef,
  context: CallContext,
): Promise<ModuleRef | undefined> {
  if (module.revision === undefined) return undefined;
  const find = async (): Promise<ModuleRef | undefined> => {
    for await (const each of order.source.modules(context, module.id)) if (each.id === module.id) return each;
    return undefined;
  };
  const now = await askPatiently(find, order, context);
  if (now?.state === "withdrawn")
    throw new PublishError(
      "refused",
      `${module.id} was withdrawn while it was crawled: unpublish it instead`,
    );
  return now;
}

function throwIfFailed(module: ModuleRef, { failed }: Pick<CrawlReport, "failed">): void {
  if (failed.length === 0) return;
  const mayPass = failed.every(({ code }) => code === "unavailable" || code === "rate-limited");
  const first = failed.slice(0, 3).map(({ url, reason, referrer }) => {
    return `${url}${referrer === undefined ? "" : ` (from ${referrer})`}: ${reason}`;
  });
  const more = failed.length > first.length ? "; …" : "";
  throw new PublishError(
    mayPass ? "unavailable" : "corrupt",
    `crawl of ${module.id} failed: ${failed.length} of its URLs: ${first.join("; ")}${more}`,
  );
}
