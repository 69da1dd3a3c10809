import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Digest } from "../../../engine/model/digest.ts";
import { nextMtime } from "../../../engine/model/entry.ts";
import type { Edition } from "../../../engine/model/release.ts";
import type { SitePath } from "../../../engine/model/site-path.ts";
import type { ReleaseStore } from "../../../engine/ports/store/release-store.ts";
import { answerTable } from "./answer-table.ts";
import {
  bytesOf,
  bytesOfDigest,
  digestOfColumn,
  integerOf,
  keyText,
  moduleIdOf,
  optional,
  textOf,
} from "./columns.ts";
import type { Connection } from "./connection.ts";

/** What is remembered from one render to the next. */
export type RenderCache = Pick<
  ReleaseStore,
  "stampMtime" | "seenMtime" | "rendered" | "keepRendered" | "keepAsked" | "askers" | "wanting"
>;

const putMtimeSql = `INSERT INTO mtimes (edition, path, digest, mtime, seen) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (edition, path) DO UPDATE SET
  digest = excluded.digest, mtime = excluded.mtime, seen = excluded.seen`;
const putRenderedSql =
  "INSERT OR REPLACE INTO rendered (key, blob, digest, size, answers, note) VALUES (?, ?, ?, ?, ?, ?)";
const askSql = "INSERT OR IGNORE INTO asked (release, about) VALUES (?, ?)";
const askersSql = (isMeant: string): string => `SELECT DISTINCT asking.module
  FROM asked JOIN releases AS asking ON asking.id = asked.release
  WHERE ${isMeant} AND asking.edition = ?2 AND asking.state = 'sealed' AND asking.id =
    (SELECT max(id) FROM releases WHERE module = asking.module AND edition = ?2 AND state = 'sealed')
  ORDER BY asking.module`;
// Names of modules begin otherwise.
const wantedSql = `asked.about >= 'http' AND asked.about < 'httq' AND NOT EXISTS
  (SELECT 1 FROM media WHERE url = asked.about AND failure IS NOT NULL AND asked_at > ?1)`;

/** Mtimes, rendered pages (both batched: a lost one is made again with its draft) and what releases asked. */
export function sqliteRenderCache(connection: Connection): RenderCache {
  const table = answerTable(connection);
  return {
    stampMtime: async (edition, path, digest, now) => stamp(connection, edition, path, digest, now),
    async seenMtime(edition, path, digest, seenAt) {
      const last = lastStamp(connection, edition, path);
      if (last === undefined || last.digest === digest || last.seenMs <= seenAt.getTime())
        return stamp(connection, edition, path, digest, seenAt);
      return Math.min(nextMtime(seenAt.getTime(), undefined), last.mtime - 2);
    },
    async rendered(key, blob) {
      const sql = "SELECT digest, size, answers, note FROM rendered WHERE key = ? AND blob = ?";
      const row = connection.get(sql, key, bytesOfDigest(blob));
      if (row === undefined) return undefined;
      return {
        digest: digestOfColumn(row, "digest"),
        size: integerOf(row, "size"),
        answers: table.unpack(bytesOf(row, "answers")),
        ...optional("note", textOf, row),
      };
    },
    async keepRendered(key, blob, { digest, size, answers, note = null }) {
      const bytes = [bytesOfDigest(blob), bytesOfDigest(digest)] as const;
      const values = [keyText(key), ...bytes, size, table.pack(answers), note] as const;
      connection.batched(() => connection.run(putRenderedSql, ...values));
    },
    async keepAsked(release, about) {
      if (connection.get("SELECT 1 FROM releases WHERE id = ?", release) === undefined)
        throw new PublishError("not-found", `there is no release ${release}`);
      connection.durably(() => {
        for (const each of about) connection.run(askSql, release, each);
      });
    },
    async askers(edition, module) {
      const sql = askersSql("asked.about = ?1");
      return connection.all(sql, module, edition).map((row) => moduleIdOf(row, "module"));
    },
    async wanting(edition, since) {
      const rows = connection.all(askersSql(wantedSql), since.getTime(), edition);
      return rows.map((row) => moduleIdOf(row, "module"));
    },
  };
}

const wholeMirror: Edition = "mirror/all";

interface Stamp {
  readonly digest: Digest;
  readonly mtime: number;
  readonly seenMs: number;
}

function lastStamp(connection: Connection, edition: Edition, path: SitePath): Stamp | undefined {
  const sql = "SELECT digest, mtime, seen FROM mtimes WHERE edition = ? AND path = ?";
  const row = connection.get(sql, edition, keyText(path));
  if (row === undefined) return undefined;
  return {
    digest: digestOfColumn(row, "digest"),
    mtime: integerOf(row, "mtime"),
    seenMs: integerOf(row, "seen"),
  };
}

function stamp(connection: Connection, edition: Edition, path: SitePath, digest: Digest, at: Date): number {
  const last = lastStamp(connection, edition, path);
  if (last?.digest === digest) return last.mtime;
  const twin = edition.startsWith("mirror/") ? lastStamp(connection, wholeMirror, path) : undefined;
  const from = twin?.digest === digest ? twin.mtime * 1000 : at.getTime();
  const mtime = nextMtime(from, last?.mtime);
  const bytes = bytesOfDigest(digest);
  connection.batched(() => connection.run(putMtimeSql, edition, path, bytes, mtime, at.getTime()));
  return mtime;
}
