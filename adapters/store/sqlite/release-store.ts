import type { SQLInputValue } from "node:sqlite";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { ModuleId } from "../../../engine/model/module.ts";
import type { Edition, Release } from "../../../engine/model/release.ts";
import type { Clock } from "../../../engine/ports/context.ts";
import type { ReleaseStore } from "../../../engine/ports/store/release-store.ts";
import { dateOf, editionOf, integerOf, moduleIdOf, optional } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import { draftGuard } from "./draft-guard.ts";
import { type Manifest, sqliteManifest } from "./manifest.ts";
import { pagedRows } from "./paged-rows.ts";
import { sqliteRenderCache } from "./render-cache.ts";

const beginSql = `INSERT INTO releases
  (module, edition, snapshot, rollback_of, state, created_at, entry_count, bytes)
  VALUES (?, ?, ?, ?, 'draft', ?, 0, 0) RETURNING id`;
const latestSql = `SELECT * FROM releases WHERE module = ? AND edition = ? AND state = 'sealed'
  ORDER BY id DESC LIMIT 1`;
const listSql = `SELECT * FROM releases WHERE module = ? AND edition = ? AND state = 'sealed' AND id < ?
  ORDER BY id DESC LIMIT ?`;
const sealSql = "UPDATE releases SET state = 'sealed', entry_count = ?, bytes = ? WHERE id = ?";
const forgetWantedSql = "DELETE FROM asked WHERE release = ? AND about >= 'http' AND about < 'httq'";
const keepOldAskedSql = `INSERT OR IGNORE INTO asked (release, about)
  SELECT ?, about FROM asked WHERE release = ?`;

/** Releases and their manifests: entries are batched, and on the disk when their release is sealed. */
export function sqliteReleaseStore(connection: Connection, clock: Pick<Clock, "now">): ReleaseStore {
  const { entries, requisites } = manifestsOf(connection);
  const drafts = draftGuard(connection, "release");
  return {
    ...sqliteRenderCache(connection),
    async begin({ module, edition, snapshot, rollbackOf }) {
      const values: SQLInputValue[] = [module, edition, snapshot, rollbackOf ?? null, clock.now().getTime()];
      const id = connection.durably(() => integerOf(connection.get(beginSql, ...values) ?? {}, "id"));
      drafts.begin(id);
      return id;
    },
    async addEntry(release, entry) {
      drafts.check(release);
      entries.add(release, entry);
    },
    async addRequisite(release, entry) {
      drafts.check(release);
      requisites.add(release, entry);
    },
    async isTaken(release, path) {
      drafts.check(release);
      return entries.isTaken(release, path);
    },
    async seal(release) {
      drafts.check(release);
      const sealed = await sealRelease(connection, release, () => drafts.check(release));
      drafts.end(release);
      return sealed;
    },
    async get(release) {
      const row = connection.get("SELECT * FROM releases WHERE id = ? AND state = 'sealed'", release);
      if (row === undefined) throw new PublishError("not-found", `there is no sealed release ${release}`);
      return releaseOf(row);
    },
    latest: async (module, edition) => latestOf(connection, module, edition),
    list: (module, edition) =>
      pagedRows(
        connection,
        listSql,
        (last) => [module, edition, last?.id ?? Number.MAX_SAFE_INTEGER],
        releaseOf,
      ),
    entries: (release) => entries.read(release),
    requisites: (release) => requisites.read(release),
  };
}

/** Removes the drafts that a dead process left: none of them can be gone on with. */
export async function dropReleaseDrafts(connection: Connection): Promise<void> {
  for (const row of connection.all("SELECT id FROM releases WHERE state <> 'sealed'"))
    await dropRelease(connection, integerOf(row, "id"));
}

function manifestsOf(connection: Connection): { entries: Manifest; requisites: Manifest } {
  return {
    entries: sqliteManifest(connection, "entries"),
    requisites: sqliteManifest(connection, "requisites"),
  };
}

async function sealRelease(connection: Connection, id: number, checkWhole: () => void): Promise<Release> {
  const { entries, requisites } = manifestsOf(connection);
  const draft = closeDraft(connection, id);
  const before = latestOf(connection, draft.module, draft.edition);
  if (
    before !== undefined &&
    (await entries.isEqual(id, before.id)) &&
    (await requisites.isEqual(id, before.id))
  ) {
    // The old release stands for both from now on, so whatever either asked about must find it; what media
    // they lack is known only of the new one.
    connection.durably(() => {
      connection.run(forgetWantedSql, before.id);
      connection.run(keepOldAskedSql, before.id, id);
    });
    await dropRelease(connection, id);
    return before;
  }
  const { count, bytes } = entries.totals(id);
  return connection.durably(() => {
    checkWhole();
    connection.run(sealSql, count, bytes, id);
    return { ...draft, entryCount: count, bytes };
  });
}

/** From here on the draft takes no more entries, so that what is compared is what is sealed. */
function closeDraft(connection: Connection, id: number): Release {
  const closed = connection.durably(() =>
    connection.run("UPDATE releases SET state = 'sealing' WHERE id = ? AND state = 'draft'", id),
  );
  const row = connection.get("SELECT * FROM releases WHERE id = ?", id);
  if (row === undefined) throw new PublishError("not-found", `there is no release ${id}`);
  if (closed === 0) throw new PublishError("conflict", `release ${id} is sealed already, or being sealed`);
  return releaseOf(row);
}

async function dropRelease(connection: Connection, id: number): Promise<void> {
  for (const manifest of Object.values(manifestsOf(connection))) await manifest.drop(id);
  connection.durably(() => connection.run("DELETE FROM releases WHERE id = ? AND state <> 'sealed'", id));
}

function latestOf(connection: Connection, module: ModuleId, edition: Edition): Release | undefined {
  return connection.all(latestSql, module, edition).map(releaseOf).at(0);
}

function releaseOf(row: Row): Release {
  return {
    id: integerOf(row, "id"),
    module: moduleIdOf(row, "module"),
    edition: editionOf(row, "edition"),
    snapshot: integerOf(row, "snapshot"),
    createdAt: dateOf(row, "created_at"),
    entryCount: integerOf(row, "entry_count"),
    bytes: integerOf(row, "bytes"),
    ...optional("rollbackOf", integerOf, row, "rollback_of"),
  };
}
