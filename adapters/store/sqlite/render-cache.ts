import { z } from "zod";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { nextMtime } from "../../../engine/model/entry.ts";
import type { Answer, ReleaseStore } from "../../../engine/ports/store/release-store.ts";
import { bytesOfDigest, digestOfColumn, integerOf, jsonOf, keyText, moduleIdOf } from "./columns.ts";
import type { Connection } from "./connection.ts";

/** What is remembered from one render to the next. */
export type RenderCache = Pick<
  ReleaseStore,
  "stampMtime" | "rendered" | "keepRendered" | "keepAsked" | "askers"
>;

const answersSchema: z.ZodType<readonly Answer[]> = z.array(
  z.strictObject({ question: z.string(), answer: z.string() }),
);

const putMtimeSql = `INSERT INTO mtimes (edition, path, digest, mtime) VALUES (?, ?, ?, ?)
  ON CONFLICT (edition, path) DO UPDATE SET digest = excluded.digest, mtime = excluded.mtime`;
const putRenderedSql =
  "INSERT OR REPLACE INTO rendered (key, blob, digest, size, answers) VALUES (?, ?, ?, ?, ?)";
const askSql = "INSERT OR IGNORE INTO asked (release, about) VALUES (?, ?)";
const askersSql = `SELECT asking.module FROM asked JOIN releases AS asking ON asking.id = asked.release
  WHERE asked.about = ?1 AND asking.edition = ?2 AND asking.state = 'sealed' AND asking.id =
    (SELECT max(id) FROM releases WHERE module = asking.module AND edition = ?2 AND state = 'sealed')
  ORDER BY asking.module`;

/** Mtimes, rendered pages (both batched: a lost one is made again with its draft) and what releases asked. */
export function sqliteRenderCache(connection: Connection): RenderCache {
  return {
    async stampMtime(edition, path, digest, now) {
      const sql = "SELECT digest, mtime FROM mtimes WHERE edition = ? AND path = ?";
      const row = connection.get(sql, edition, keyText(path));
      const last = row === undefined ? undefined : integerOf(row, "mtime");
      if (row !== undefined && last !== undefined && digestOfColumn(row, "digest") === digest) return last;
      const mtime = nextMtime(now.getTime(), last);
      connection.batched(() => connection.run(putMtimeSql, edition, path, bytesOfDigest(digest), mtime));
      return mtime;
    },
    async rendered(key, blob) {
      const sql = "SELECT digest, size, answers FROM rendered WHERE key = ? AND blob = ?";
      const row = connection.get(sql, key, bytesOfDigest(blob));
      if (row === undefined) return undefined;
      return {
        digest: digestOfColumn(row, "digest"),
        size: integerOf(row, "size"),
        answers: jsonOf(row, "answers", answersSchema),
      };
    },
    async keepRendered(key, blob, { digest, size, answers }) {
      const bytes = [bytesOfDigest(blob), bytesOfDigest(digest)] as const;
      const json = JSON.stringify(answers);
      connection.batched(() => connection.run(putRenderedSql, keyText(key), ...bytes, size, json));
    },
    async keepAsked(release, about) {
      if (connection.get("SELECT 1 FROM releases WHERE id = ?", release) === undefined)
        throw new PublishError("not-found", `there is no release ${release}`);
      connection.durably(() => {
        for (const module of about) connection.run(askSql, release, module);
      });
    },
    async askers(edition, module) {
      return connection.all(askersSql, module, edition).map((row) => moduleIdOf(row, "module"));
    },
  };
}
