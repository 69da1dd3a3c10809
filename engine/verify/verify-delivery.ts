import { PublishError } from "../errors/publish-error.ts";
import type { Entry } from "../model/entry.ts";
import type { Change, HeldEntry } from "../model/plan.ts";
import type { SitePath } from "../model/site-path.ts";
import type { CallContext } from "../ports/context.ts";
import type { Delivery, Standing } from "../ports/destination.ts";

const shownMax = 5;

/**
 * Asks the destination itself whether every change of a plan stands there, digest for digest, by other code
 * than delivered it. Throws `corrupt` naming what differs. How many paths were read.
 */
export async function verifyChanges(
  destination: string,
  changes: () => AsyncIterable<Change>,
  delivery: Pick<Delivery, "look">,
  context: CallContext,
): Promise<number> {
  async function* paths(): AsyncGenerator<SitePath> {
    for await (const change of changes()) yield change.path;
  }
  const standings = delivery.look(paths(), { digests: true }, context)[Symbol.asyncIterator]();
  const wrong: string[] = [];
  let count = 0;
  for await (const change of changes()) {
    const { value: standing, done } = await standings.next();
    if (done || standing.path !== change.path)
      throw new PublishError("corrupt", `${destination} did not answer for ${change.path}`);
    count++;
    const difference = differenceOf(change, standing);
    if (difference !== undefined) wrong.push(`${change.path}: ${difference}`);
  }
  if (wrong.length > 0)
    throw new PublishError("corrupt", `${wrong.length} paths differ at ${destination}: ${shown(wrong)}`);
  return count;
}

/**
 * Looks whether the entries of a release still stand, by presence, size and, where the destination keeps the
 * mtimes it is given, mtime: bytes that somebody changed there have another. What drifted is given back, so
 * that the next plan puts it again.
 */
export async function findDrift(
  entries: () => AsyncIterable<Entry>,
  comparesMtime: boolean,
  delivery: Delivery,
  context: CallContext,
): Promise<Entry[]> {
  async function* paths(): AsyncGenerator<SitePath> {
    for await (const entry of entries()) yield entry.path;
  }
  const standings = delivery.look(paths(), { digests: false }, context)[Symbol.asyncIterator]();
  const drifted: Entry[] = [];
  for await (const entry of entries()) {
    const { value: standing, done } = await standings.next();
    if (done || standing.path !== entry.path || !isAlike(standing, entry, comparesMtime)) drifted.push(entry);
  }
  return drifted;
}

/** The ledger rows that say an entry's standing is in doubt. */
export function inDoubt(entries: readonly Entry[], owner: HeldEntry["owner"]): HeldEntry[] {
  return entries.map(({ path, digest, size, mtimeSeconds }) => ({
    path,
    owner,
    digest,
    size,
    mtimeSeconds,
    uncertain: true,
  }));
}

function differenceOf(change: Change, standing: Standing): string | undefined {
  const isFolder = standing.kind === "other" && standing.detail === "directory";
  // Where a file was removed there may be a folder now.
  if (change.kind === "remove")
    return standing.kind === "absent" || isFolder ? undefined : "it is still there";
  if (standing.kind === "absent") return "it is not there";
  if (standing.kind === "other") return `it is ${standing.detail}`;
  if (standing.digest === undefined) return "its digest was not told";
  return standing.digest === change.entry.digest ? undefined : "its bytes are others";
}

function isAlike(standing: Standing, { size, mtimeSeconds }: Entry, comparesMtime: boolean): boolean {
  if (standing.kind !== "file" || standing.size !== size) return false;
  return !comparesMtime || standing.mtimeSeconds === mtimeSeconds;
}

function shown(texts: readonly string[]): string {
  const more = texts.length > shownMax ? ` and ${texts.length - shownMax} more` : "";
  return texts.slice(0, shownMax).join("; ") + more;
}
