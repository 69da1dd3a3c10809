import { digestOf } from "../../../engine/model/digest.ts";
import type { Entry } from "../../../engine/model/entry.ts";
import { type ModuleId, type ModuleRef, parseModuleId } from "../../../engine/model/module.ts";
import type { HeldEntry } from "../../../engine/model/plan.ts";
import type { RunRequest } from "../../../engine/model/run.ts";
import type { FoundSighting } from "../../../engine/model/sighting.ts";
import { parseSitePath, type SitePath } from "../../../engine/model/site-path.ts";
import type { Store } from "../../../engine/ports/store/store.ts";

/** A store to try, fresh and empty. */
export interface StoreUnderTest {
  readonly store: Store;
  /** The state as a process killed right now would leave it, opened again. */
  crash(): Promise<Store>;
  close(): Promise<void>;
}

export type MakeStore = () => Promise<StoreUnderTest>;

export const physics = parseModuleId("/courses/physics/8-01");
export const chemistry = parseModuleId("/courses/chemistry/5-60");

/** A moment some seconds after a fixed one. */
export function at(seconds: number): Date {
  return new Date(Date.UTC(2030, 0, 1) + seconds * 1000);
}

export function path(text: string): SitePath {
  return parseSitePath(text);
}

export function entryAt(where: string, content: string, mtimeSeconds = 1_000): Entry {
  return {
    path: path(where),
    digest: digestOf(content),
    size: content.length,
    mediaType: "text/html",
    mtimeSeconds,
  };
}

export function heldAt(where: string, content: string, owner: ModuleId = physics): HeldEntry {
  const { path: sitePath, digest, size, mtimeSeconds } = entryAt(where, content);
  return { path: sitePath, owner, digest, size, mtimeSeconds, uncertain: false };
}

export function moduleRef(id: ModuleId): ModuleRef {
  return { id, kind: "course", title: `Title of ${id}`, state: "staged", revision: "r1" };
}

export function sightingAt(
  url: string,
  where: string,
  content: string,
  owner: ModuleId = physics,
): FoundSighting {
  const { path: sitePath, digest, size } = entryAt(where, content);
  return {
    url,
    owner,
    outcome: "fetched",
    form: "page",
    path: sitePath,
    digest,
    size,
    mediaType: "text/html",
  };
}

export function publishOf(module: ModuleId): RunRequest {
  return { kind: "publish", module, cause: { by: "ann", via: "api" } };
}

export async function collect<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const collected: Value[] = [];
  for await (const value of values) collected.push(value);
  return collected;
}

export async function* streamOf<Value>(values: Iterable<Value>): AsyncIterable<Value> {
  yield* values;
}

/** Values, and then a failure. */
export async function* brokenStreamOf<Value>(values: Iterable<Value>): AsyncIterable<Value> {
  yield* values;
  throw new Error("the stream broke");
}

/** A sealed release of some entries. */
export async function releaseOf(
  store: Store,
  module: ModuleId,
  entries: readonly Entry[],
  requisites: readonly Entry[] = [],
): Promise<number> {
  const release = await store.releases.begin({ module, edition: "web", snapshot: 1 });
  for (const entry of entries) await store.releases.addEntry(release, entry);
  for (const entry of requisites) await store.releases.addRequisite(release, entry);
  return (await store.releases.seal(release)).id;
}
