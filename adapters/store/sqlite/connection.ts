import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { inTransaction } from "./in-transaction.ts";
import { migrate } from "./schema.ts";
import { translateError } from "./translate-error.ts";

const busyTimeoutMs = 5_000;
const batchWritesMax = 5_000;

/** One row, by column name. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/**
 * The one connection to the database. A durable write is on the disk when it returns, and so is all that was
 * written before it. Batched writes share a commit at the end of the current turn of the event loop, which
 * the death of the process no longer undoes; they reach the disk with the next durable write, in their order.
 * WAL with synchronous=NORMAL and FULL: https://sqlite.org/pragma.html#pragma_synchronous.
 */
export interface Connection {
  all(sql: string, ...values: SQLInputValue[]): readonly Row[];
  get(sql: string, ...values: SQLInputValue[]): Row | undefined;
  /** How many rows changed. Only inside `batched` or `durably`. */
  run(sql: string, ...values: SQLInputValue[]): number;
  /**
   * Runs at most one changing statement, to be written with its neighbours: lost if the process dies soon.
   */
  batched<Result>(act: () => Result): Result;
  /** Resolves when the batched writes made so far are committed; rejects if their commit failed. */
  settled(): Promise<void>;
  /** Runs all or nothing, on the disk before it returns, and after all batched writes before it. */
  durably<Result>(act: () => Result): Result;
  /**
   * How often batched writes were lost after they had seemed to succeed (disk full at the commit). Whoever
   * spreads one work over many batched writes compares it at the end, since a part of the work may be gone.
   */
  losses(): number;
  close(): void;
}

/** Opens the database file, made and brought to the newest schema where needed. */
export function openConnection(file: string): Connection {
  try {
    const database = new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
    try {
      database.exec("PRAGMA synchronous = NORMAL; PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF");
      // WAL lets backups read while the engine writes, https://sqlite.org/wal.html.
      database.exec("PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 67108864");
      migrate(database, file);
    } catch (error) {
      database.close();
      throw error;
    }
    return connectionOf(database, file);
  } catch (error) {
    throw translateError(error, file);
  }
}

function connectionOf(database: DatabaseSync, file: string): Connection {
  const statement = statementCache(database);
  const attempt = <Result>(act: () => Result): Result => {
    try {
      return act();
    } catch (error) {
      throw translateError(error, file);
    }
  };
  const batch = batchOf(database);
  return {
    all: (sql, ...values) => attempt(() => statement(sql).all(...values)),
    get: (sql, ...values) => attempt(() => statement(sql).get(...values)),
    run: (sql, ...values) => attempt(() => Number(statement(sql).run(...values).changes)),
    batched: (act) => attempt(() => batch.write(act)),
    async settled() {
      try {
        await batch.settled();
      } catch (error) {
        throw translateError(error, file);
      }
    },
    durably: (act) =>
      attempt(() => {
        batch.commit();
        database.exec("PRAGMA synchronous = FULL");
        try {
          return inTransaction(database, act);
        } finally {
          database.exec("PRAGMA synchronous = NORMAL");
        }
      }),
    losses: () => batch.losses(),
    close: () =>
      attempt(() => {
        try {
          batch.commit();
        } finally {
          database.close();
        }
        batch.tellFailure();
      }),
  };
}

function statementCache(database: DatabaseSync): (sql: string) => StatementSync {
  const statements = new Map<string, StatementSync>();
  return (sql) => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const made = database.prepare(sql);
    statements.set(sql, made);
    return made;
  };
}

interface Batch {
  /** Acts in the open transaction, or in a new one; it is committed at the end of the turn. */
  write<Result>(act: () => Result): Result;
  commit(): void;
  /** Waits for the commit of what was written. */
  settled(): Promise<void>;
  /** Throws what a commit failed with that nobody waited for. */
  tellFailure(): void;
  losses(): number;
}

/** The transaction that batched writes share. */
function batchOf(database: DatabaseSync): Batch {
  let writes = 0;
  let losses = 0;
  let isDue = false;
  let failure: unknown;
  let waiting: PromiseWithResolvers<void> | undefined;
  const countLoss = (): void => {
    if (writes > 0) losses += 1;
    writes = 0;
  };
  // A failed statement leaves the neighbours' writes alone, unless SQLite had to give up the transaction.
  const sparing = <Result>(act: () => Result): Result => {
    try {
      return act();
    } catch (error) {
      if (!database.isTransaction) countLoss();
      else if (writes === 0) database.exec("ROLLBACK");
      throw error;
    }
  };
  const commit = (): void => {
    if (writes === 0) return;
    const told = waiting;
    waiting = undefined;
    try {
      database.exec("COMMIT");
      writes = 0;
      told?.resolve();
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      countLoss();
      told?.reject(error);
      throw error;
    }
  };
  const commitLater = (): void => {
    isDue = false;
    try {
      commit();
    } catch (error) {
      // Nobody waits for this commit, so the next batched write tells.
      failure = error;
    }
  };
  const tellFailure = (): void => {
    const told = failure;
    failure = undefined;
    if (told !== undefined) throw told;
  };
  return {
    commit,
    tellFailure,
    async settled() {
      if (writes === 0) return tellFailure();
      waiting ??= Promise.withResolvers<void>();
      await waiting.promise;
    },
    write: (act) => {
      tellFailure();
      if (writes === 0) database.exec("BEGIN IMMEDIATE");
      const result = sparing(act);
      if (!isDue) setImmediate(commitLater);
      isDue = true;
      writes += 1;
      if (writes >= batchWritesMax) commit();
      return result;
    },
    losses: () => losses,
  };
}

/** Fails if batched writes were lost since `before`; `work` is what must then be made again. */
export function refuseLoss(connection: Connection, before: number, work: string): void {
  if (connection.losses() !== before)
    throw new PublishError("unavailable", `${work} is lost: the state could not be written; make it again`);
}
