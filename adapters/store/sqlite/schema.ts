import type { DatabaseSync } from "node:sqlite";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { inTransaction } from "./in-transaction.ts";

// Moments are milliseconds since 1970, digests their 32 bytes, paths compare byte by byte (BINARY). Tables
// with a path in their key are stored in the order of their key, so that a manifest is read from front to
// back.
const contentTables = `
CREATE TABLE modules (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, state TEXT NOT NULL, revision TEXT,
  seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
  id INTEGER PRIMARY KEY AUTOINCREMENT, module TEXT NOT NULL, module_ref TEXT NOT NULL, run INTEGER NOT NULL,
  started_at INTEGER NOT NULL, completed_at INTEGER
) STRICT;
CREATE INDEX snapshots_by_module ON snapshots (module, id) WHERE completed_at IS NOT NULL;

CREATE TABLE sightings (
  snapshot INTEGER NOT NULL REFERENCES snapshots (id), url TEXT NOT NULL, owner TEXT NOT NULL, referrer TEXT,
  outcome TEXT NOT NULL, form TEXT, path TEXT, digest BLOB CHECK (length(digest) = 32), size INTEGER,
  media_type TEXT, charset TEXT, etag TEXT, last_modified TEXT, detail TEXT,
  PRIMARY KEY (snapshot, url)
) STRICT, WITHOUT ROWID;
CREATE INDEX sightings_by_path ON sightings (snapshot, owner, path) WHERE path IS NOT NULL;

CREATE TABLE releases (
  id INTEGER PRIMARY KEY AUTOINCREMENT, module TEXT NOT NULL, edition TEXT NOT NULL,
  snapshot INTEGER NOT NULL, rollback_of INTEGER,
  state TEXT NOT NULL CHECK (state IN ('draft', 'sealing', 'sealed')),
  created_at INTEGER NOT NULL, entry_count INTEGER NOT NULL, bytes INTEGER NOT NULL
) STRICT;
CREATE INDEX releases_sealed ON releases (module, edition, id) WHERE state = 'sealed';
CREATE INDEX releases_open ON releases (id) WHERE state <> 'sealed';

CREATE TABLE entries (
  release INTEGER NOT NULL REFERENCES releases (id), path TEXT NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32), size INTEGER NOT NULL, media_type TEXT NOT NULL,
  mtime INTEGER NOT NULL, PRIMARY KEY (release, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE requisites (
  release INTEGER NOT NULL REFERENCES releases (id), path TEXT NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32), size INTEGER NOT NULL, media_type TEXT NOT NULL,
  mtime INTEGER NOT NULL, PRIMARY KEY (release, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE asked (
  release INTEGER NOT NULL REFERENCES releases (id) ON DELETE CASCADE, about TEXT NOT NULL,
  PRIMARY KEY (release, about)
) STRICT, WITHOUT ROWID;
CREATE INDEX asked_by_about ON asked (about, release);

CREATE TABLE mtimes (
  edition TEXT NOT NULL, path TEXT NOT NULL, digest BLOB NOT NULL CHECK (length(digest) = 32),
  mtime INTEGER NOT NULL, seen INTEGER NOT NULL, PRIMARY KEY (edition, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE rendered (
  key TEXT NOT NULL, blob BLOB NOT NULL CHECK (length(blob) = 32),
  digest BLOB NOT NULL CHECK (length(digest) = 32), size INTEGER NOT NULL, answers TEXT NOT NULL,
  PRIMARY KEY (key, blob)
) STRICT, WITHOUT ROWID;

CREATE TABLE names (
  edition TEXT NOT NULL, folded TEXT NOT NULL, path TEXT NOT NULL, name TEXT NOT NULL,
  PRIMARY KEY (edition, folded), UNIQUE (edition, path)
) STRICT, WITHOUT ROWID;
`;

const publishingTables = `
CREATE TABLE held (
  destination TEXT NOT NULL, path TEXT NOT NULL, owner TEXT NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32), size INTEGER NOT NULL, mtime INTEGER NOT NULL,
  uncertain INTEGER NOT NULL CHECK (uncertain IN (0, 1)), PRIMARY KEY (destination, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_by_owner ON held (destination, owner, path);
CREATE INDEX held_uncertain ON held (destination, owner, path) WHERE uncertain = 1;

CREATE TABLE live (
  destination TEXT NOT NULL, module TEXT NOT NULL, release INTEGER NOT NULL, run INTEGER NOT NULL,
  at INTEGER NOT NULL, by_whom TEXT NOT NULL, PRIMARY KEY (destination, module)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, module TEXT NOT NULL, place TEXT, release INTEGER,
  cause_by TEXT NOT NULL, cause_via TEXT NOT NULL, target TEXT NOT NULL, lane TEXT NOT NULL,
  state TEXT NOT NULL, created_at INTEGER NOT NULL, started_at INTEGER, ended_at INTEGER,
  stages TEXT NOT NULL, plans TEXT NOT NULL, delivered INTEGER, snapshot INTEGER, approved_by TEXT, error TEXT
) STRICT;
CREATE INDEX runs_by_module ON runs (module, id);
CREATE INDEX runs_by_state ON runs (state, lane, id);

CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL REFERENCES runs (id), at INTEGER NOT NULL,
  kind TEXT NOT NULL, text TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_run ON events (run, id);

CREATE TABLE plans (
  id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL REFERENCES runs (id), destination TEXT NOT NULL,
  kept INTEGER NOT NULL CHECK (kept IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX plans_kept ON plans (run, destination) WHERE kept = 1;
CREATE INDEX plans_open ON plans (id) WHERE kept = 0;

CREATE TABLE changes (
  plan INTEGER NOT NULL REFERENCES plans (id), wave INTEGER NOT NULL, path TEXT NOT NULL, kind TEXT NOT NULL,
  owner TEXT NOT NULL, reason TEXT NOT NULL, digest BLOB, size INTEGER, media_type TEXT, mtime INTEGER,
  before_digest BLOB, before_size INTEGER, PRIMARY KEY (plan, wave, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE purges (
  id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL, edge TEXT NOT NULL, path TEXT NOT NULL,
  expected BLOB CHECK (length(expected) = 32), state TEXT NOT NULL, at INTEGER NOT NULL,
  UNIQUE (run, edge, path)
) STRICT;
CREATE INDEX purges_by_state ON purges (run, state, path, id);
CREATE INDEX purges_in_state ON purges (state, run);
`;

const daemonTables = `
CREATE TABLE tokens (
  name TEXT PRIMARY KEY, role TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
  key TEXT PRIMARY KEY, token INTEGER NOT NULL, holder TEXT, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

// What a crawl knows while it goes on (targets, removed with its end), what it remarks, what documents refer
// to, and how the links to other sites were when they were last looked at.
const crawlTables = `
ALTER TABLE sightings ADD COLUMN code TEXT;
ALTER TABLE sightings ADD COLUMN elapsed_ms INTEGER;

CREATE TABLE targets (
  snapshot INTEGER NOT NULL REFERENCES snapshots (id), id INTEGER NOT NULL, url TEXT NOT NULL,
  owner TEXT NOT NULL, form TEXT, is_declared INTEGER NOT NULL CHECK (is_declared IN (0, 1)), referrer TEXT,
  depth INTEGER NOT NULL, hops INTEGER NOT NULL, tree TEXT, PRIMARY KEY (snapshot, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE remarks (
  snapshot INTEGER NOT NULL REFERENCES snapshots (id), kind TEXT NOT NULL, url TEXT NOT NULL, referrer TEXT,
  reason TEXT NOT NULL, PRIMARY KEY (snapshot, kind, url)
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
  blob BLOB NOT NULL CHECK (length(blob) = 32), key TEXT NOT NULL, facts TEXT NOT NULL,
  PRIMARY KEY (blob, key)
) STRICT;

CREATE TABLE link_checks (
  url TEXT PRIMARY KEY, checked_at INTEGER NOT NULL, outcome TEXT NOT NULL, status INTEGER, detail TEXT
) STRICT, WITHOUT ROWID;
`;

const redirectColumns = `
ALTER TABLE entries ADD COLUMN redirect_to TEXT;
ALTER TABLE requisites ADD COLUMN redirect_to TEXT;
`;

// One release of every module, what mirrors keep of that, and the media that were fetched for players.
const compositionTables = `
ALTER TABLE modules ADD COLUMN is_hidden INTEGER NOT NULL DEFAULT 0 CHECK (is_hidden IN (0, 1));
ALTER TABLE runs ADD COLUMN drive TEXT;
ALTER TABLE runs ADD COLUMN composition INTEGER;
ALTER TABLE runs ADD COLUMN drive_list TEXT;
UPDATE releases SET edition = 'mirror/all' WHERE edition = 'mirror';
UPDATE mtimes SET edition = 'mirror/all' WHERE edition = 'mirror';

CREATE TABLE compositions (
  id INTEGER PRIMARY KEY AUTOINCREMENT, edition TEXT NOT NULL, options TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'sealed')), created_at INTEGER NOT NULL,
  entry_count INTEGER NOT NULL, bytes INTEGER NOT NULL
) STRICT;
CREATE INDEX compositions_sealed ON compositions (edition, id) WHERE state = 'sealed';

CREATE TABLE composed (
  composition INTEGER NOT NULL REFERENCES compositions (id), module TEXT NOT NULL,
  release INTEGER NOT NULL REFERENCES releases (id), snapshot INTEGER NOT NULL,
  PRIMARY KEY (composition, module)
) STRICT, WITHOUT ROWID;

CREATE TABLE generations (
  destination TEXT NOT NULL, number INTEGER NOT NULL,
  composition INTEGER NOT NULL REFERENCES compositions (id), made_at INTEGER NOT NULL,
  PRIMARY KEY (destination, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE media (
  url TEXT PRIMARY KEY, digest BLOB CHECK (length(digest) = 32), size INTEGER, media_type TEXT,
  asked_at INTEGER NOT NULL, failure TEXT
) STRICT, WITHOUT ROWID;
`;

// What pages were rendered with was kept in full for each: it can be made again.
const answerTables = `
CREATE TABLE answers (
  id INTEGER PRIMARY KEY, question TEXT NOT NULL, answer TEXT NOT NULL, UNIQUE (question, answer)
) STRICT;

DROP TABLE rendered;
CREATE TABLE rendered (
  key TEXT NOT NULL, blob BLOB NOT NULL CHECK (length(blob) = 32),
  digest BLOB NOT NULL CHECK (length(digest) = 32), size INTEGER NOT NULL, answers BLOB NOT NULL, note TEXT,
  PRIMARY KEY (key, blob)
) STRICT, WITHOUT ROWID;
`;

/**
 * Every change of the schema, in order: number N brings a database from schema N-1 to N. Never edited, only
 * added.
 */
const migrations: readonly string[] = [
  contentTables + publishingTables + daemonTables,
  crawlTables + redirectColumns,
  compositionTables,
  answerTables,
];

/**
 * Brings a database to the newest schema, one migration at a time, each all or nothing. Throws `refused` for
 * a database that a newer version has already taken further.
 */
export function migrate(database: DatabaseSync, file: string): void {
  const found = Number(database.prepare("PRAGMA user_version").get()?.user_version);
  const newest = migrations.length;
  if (found > newest)
    throw new PublishError(
      "refused",
      `the state ${file} was written by a newer version (schema ${found}, this one knows ${newest}): ` +
        "start that version, or restore a backup from before it",
    );
  for (const [index, migration] of migrations.entries()) {
    if (index < found) continue;
    inTransaction(database, () => database.exec(`${migration}; PRAGMA user_version = ${index + 1}`));
  }
}
