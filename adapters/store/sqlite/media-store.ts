import type { MediaStore } from "../../../engine/ports/store/composition-store.ts";
import { bytesOfDigest, dateOf, digestOfColumn, integerOf, keyText, textOf } from "./columns.ts";
import type { Connection } from "./connection.ts";

const putSql = `INSERT OR REPLACE INTO media (url, asked_at, digest, size, media_type, failure)
  VALUES (?, ?, ?, ?, ?, ?)`;

/** Fetched media, and what was asked for in vain. */
export function sqliteMediaStore(connection: Connection): MediaStore {
  return {
    async get(url) {
      const row = connection.get("SELECT * FROM media WHERE url = ?", url);
      if (row === undefined) return undefined;
      const asked = { url, askedAt: dateOf(row, "asked_at") };
      if (row.failure !== null) return { ...asked, failure: textOf(row, "failure") };
      const [digest, size] = [digestOfColumn(row, "digest"), integerOf(row, "size")];
      return { ...asked, digest, size, mediaType: textOf(row, "media_type") };
    },
    async keep(media) {
      const outcome =
        "failure" in media
          ? ([null, null, null, media.failure] as const)
          : ([bytesOfDigest(media.digest), media.size, media.mediaType, null] as const);
      connection.durably(() =>
        connection.run(putSql, keyText(media.url), media.askedAt.getTime(), ...outcome),
      );
    },
  };
}
