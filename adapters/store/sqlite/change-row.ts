import type { SQLInputValue } from "node:sqlite";
import { waves } from "../../../engine/model/entry.ts";
import type { Change, PutChange } from "../../../engine/model/plan.ts";
import {
  bytesOfDigest,
  digestOfColumn,
  integerOf,
  keyText,
  moduleIdOf,
  optional,
  pathOf,
  wordOf,
} from "./columns.ts";
import type { Row } from "./connection.ts";
import { entryOf } from "./entry-row.ts";

const putReasons = ["missing", "content", "metadata", "uncertain"] as const;
const removeReasons = ["not in release", "unreferenced"] as const;
const kinds = ["put", "remove"] as const;

/**
 * The columns of a change after its plan, in the order of `changeValues`. `wave` is its place in the commit.
 */
export const changeColumns =
  "wave, path, kind, owner, reason, digest, size, media_type, mtime, before_digest, before_size";

/** What the columns of a change hold. */
export function changeValues(change: Change): SQLInputValue[] {
  const { wave, path, kind, owner, reason, before } = change;
  const entry = kind === "put" ? change.entry : undefined;
  return [
    waves.indexOf(wave),
    keyText(path),
    kind,
    owner,
    reason,
    entry === undefined ? null : bytesOfDigest(entry.digest),
    entry?.size ?? null,
    entry?.mediaType ?? null,
    entry?.mtimeSeconds ?? null,
    before === undefined ? null : bytesOfDigest(before.digest),
    before?.size ?? null,
  ];
}

/** A change from its row. */
export function changeOf(row: Row): Change {
  const shared = { owner: moduleIdOf(row, "owner"), path: pathOf(row) };
  if (wordOf(row, "kind", kinds) === "put")
    return {
      kind: "put",
      ...shared,
      wave: putWaveOf(row),
      entry: entryOf(row),
      reason: wordOf(row, "reason", putReasons),
      ...optional("before", beforeOf, row, "before_digest"),
    };
  const reason = wordOf(row, "reason", removeReasons);
  return { kind: "remove", ...shared, wave: "removals", reason, before: beforeOf(row) };
}

function putWaveOf(row: Row): PutChange["wave"] {
  return waves[integerOf(row, "wave")] ?? "removals";
}

function beforeOf(row: Row): NonNullable<PutChange["before"]> {
  return { digest: digestOfColumn(row, "before_digest"), size: integerOf(row, "before_size") };
}
