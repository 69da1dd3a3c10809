import { askPolitely } from "../crawl/ask-politely.ts";
import { type LinkElsewhere, type LinksParts, linksElsewhere } from "../crawl/links-elsewhere.ts";
import { lookAtLink } from "../crawl/look-at-link.ts";
import { visitAll } from "../crawl/visit-all.ts";
import { PublishError } from "../errors/publish-error.ts";
import { counted } from "../model/counted.ts";
import { type LinkOutcome, linkOutcomes } from "../model/link-check.ts";
import type { Snapshot } from "../model/release.ts";
import type { Run } from "../model/run.ts";
import type { SiteSettings } from "../model/site.ts";
import type { CallContext } from "../ports/context.ts";
import { type EngineParts, type TellParts, tell } from "./engine-parts.ts";
import { type Progress, stage } from "./stage.ts";

/** What checking links needs. */
export type CheckParts = TellParts &
  Pick<EngineParts, "linkChecker"> &
  Omit<LinksParts, "limits" | "store"> & { readonly site: Pick<SiteSettings, "links" | "crawl"> };

/** What came of the links of one module. */
interface LinkReport {
  /** How many links have each outcome, looked at now or lately. */
  readonly counts: Map<LinkOutcome, number>;
  readonly broken: LinkElsewhere[];
  /** Hosts that asked for patience. */
  readonly leftAlone: Set<string>;
  looked: number;
  /** Links of those hosts that were not asked for. */
  left: number;
}

const dayMs = 86_400_000;
const linksMax = 20_000;
// Most of them wait for their host's turn.
const atOnce = 1_000;
// An event is for people: a few names show where to look.
const namedMax = 5;

/**
 * Looks at every link to other hosts that the module's last completed snapshot holds, once, and keeps what
 * it finds; what was looked at lately is taken as it was. Without `links.hosts` in the configuration it warns
 * and asks nobody. Throws `not-found` for a module that was never crawled, `cancelled`.
 */
export async function checkLinks(parts: CheckParts, run: Run, context: CallContext): Promise<void> {
  const snapshot = await parts.store.snapshots.latest(run.module);
  if (snapshot === undefined)
    throw new PublishError("not-found", `${run.module} was never crawled: publish it first`);
  if (parts.site.links.hosts.length === 0)
    return tell(
      parts,
      run,
      "warning",
      "no link is checked: name the hosts in links.hosts of the configuration",
    );
  const report = await stage(
    parts,
    run,
    "check",
    (progress) => checkAll(parts, snapshot, progress, context),
    describeReport,
  );
  await tellTroubles(parts, run, report);
}

async function checkAll(
  parts: CheckParts,
  snapshot: Snapshot,
  progress: Progress,
  context: CallContext,
): Promise<LinkReport> {
  const { linkChecker, clock, store } = parts;
  const report: LinkReport = { counts: new Map(), broken: [], leftAlone: new Set(), looked: 0, left: 0 };
  const links = await collectLinks(parts, snapshot, report, context);
  await progress(0, links.length, 0);
  const askParts = { linkChecker, limits: parts.site.links, clock, leftAlone: report.leftAlone };
  const silent: LinkElsewhere[] = [];
  const lookAtAll = (each: readonly LinkElsewhere[], isLast: boolean): Promise<void> => {
    const [next, ask] = [each.values(), askPolitely(askParts)];
    const look = async (link: LinkElsewhere, inner: CallContext): Promise<void> => {
      const finding = await lookAtLink(link.url, ask, inner);
      if (finding?.outcome === "unreachable" && !isLast) {
        silent.push(link);
        return;
      }
      if (finding === undefined) report.left += 1;
      else {
        report.looked += 1;
        await store.linkChecks.keep(link.url, { ...finding, checkedAt: clock.now() });
      }
      count(report, link, finding?.outcome ?? "unsure");
      await progress(report.looked + report.left, links.length, 0);
    };
    return visitAll({ next: async () => next.next().value }, atOnce, look, context, context.signal);
  };
  await lookAtAll(links, false);
  await lookAtAll(silent, true);
  return report;
}

/** The links to look at, each once; those that were looked at lately are counted in the report. */
async function collectLinks(
  { store, blobs, source, site, clock }: CheckParts,
  snapshot: Snapshot,
  report: LinkReport,
  { signal }: CallContext,
): Promise<LinkElsewhere[]> {
  const since = clock.now().getTime() - site.links.cacheDays * dayMs;
  const links: LinkElsewhere[] = [];
  const seen = new Set<string>();
  const found = linksElsewhere(snapshot.id, snapshot.module.id, { store, blobs, source, limits: site.crawl });
  for await (const link of found) {
    signal.throwIfAborted();
    if (seen.has(link.url)) continue;
    if (links.length === linksMax) break;
    seen.add(link.url);
    const known = await store.linkChecks.find(link.url);
    // What was refused before it was asked costs nothing to judge anew, and the rules may have changed.
    const mayChange = known?.outcome === "refused" && known.status === undefined;
    if (known === undefined || known.checkedAt.getTime() < since || mayChange) links.push(link);
    else count(report, link, known.outcome);
  }
  return links;
}

function count({ counts, broken }: LinkReport, link: LinkElsewhere, outcome: LinkOutcome): void {
  counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  if (outcome === "broken") broken.push(link);
}

function describeReport({ counts, looked, left }: LinkReport): string {
  const found = linkOutcomes.filter((outcome) => counts.has(outcome));
  const numbers = found.map((outcome) => `${counts.get(outcome)} ${outcome}`).join(", ");
  const cut = looked + left === linksMax ? `; no more than ${linksMax} at a time` : "";
  return `${numbers || "no links to other hosts"}; ${looked} looked at now${cut}`;
}

async function tellTroubles(
  parts: TellParts,
  run: Run,
  { broken, leftAlone, left }: LinkReport,
): Promise<void> {
  const named = broken.slice(0, namedMax).map(({ url, isLink, page }) => {
    return `${url} (${isLink ? "linked from" : "needed by"} ${page})`;
  });
  const more = broken.length > namedMax ? "; …" : "";
  if (broken.length > 0)
    await tell(parts, run, "warning", `${counted(broken.length, "broken link")}: ${named.join("; ")}${more}`);
  if (leftAlone.size === 0) return;
  const hosts = [...leftAlone].slice(0, namedMax).join(", ");
  const text = `${counted(leftAlone.size, "host")} asked for patience (${hosts})`;
  await tell(parts, run, "warning", `${text}: ${counted(left, "link")} left to the next check`);
}
