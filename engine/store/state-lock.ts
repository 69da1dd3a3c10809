import { readFile, rm, writeFile } from "node:fs/promises";
import { pid } from "node:process";
import { DatabaseSync } from "node:sqlite";
import { PublishError } from "../errors/publish-error.ts";
import { isMissing } from "./translate-file-error.ts";

// Result codes, https://sqlite.org/rescode.html.
const busy = 5;
const notADatabase = 26;

/** A held lock. */
export interface StateLock {
  /** Lets go; a second time changes nothing. */
  release(): Promise<void>;
}

// A database that nobody can reach any more is closed, and its lock would be gone.
const held = new Set<DatabaseSync>();

/**
 * Takes the lock `file`. The system itself drops it when its holder ends, however that ends: it is SQLite's
 * lock on a database that stays empty, the only lock of that kind that Node offers
 * (https://sqlite.org/lockingv3.html). The holder must not open the file in any other way: closing it again
 * would drop the lock. A file beside it names the holder, for messages alone. Throws `conflict` naming the
 * pid while another holds it.
 */
export async function takeLock(file: string): Promise<StateLock> {
  const holderFile = `${file}.pid`;
  const database = lockedDatabase(file);
  if (database === undefined) {
    const holder = await readHolder(holderFile);
    throw new PublishError(
      "conflict",
      `the state directory is in use by ${holder}: stop that engine first (lock ${file})`,
    );
  }
  held.add(database);
  const release = async (): Promise<void> => {
    if (!held.delete(database)) return;
    try {
      await rm(holderFile, { force: true });
    } finally {
      database.close();
    }
  };
  try {
    await writeFile(holderFile, String(pid));
  } catch (error) {
    await release();
    throw error;
  }
  return { release };
}

/** The database with its lock taken, or undefined while another has it. */
function lockedDatabase(file: string): DatabaseSync | undefined {
  const database = new DatabaseSync(file, { open: false, timeout: 0 });
  try {
    database.open();
    // One step: of two that try at the same time, one wins.
    database.exec("BEGIN IMMEDIATE");
    return database;
  } catch (error) {
    if (database.isOpen) database.close();
    const code = error instanceof Error && "errcode" in error ? error.errcode : undefined;
    if (code === busy) return undefined;
    if (code === notADatabase)
      throw new PublishError("corrupt", `the lock ${file} is damaged: remove it if no engine runs`);
    throw new PublishError("unavailable", `cannot take the lock ${file}: look at the disk and its rights`, {
      cause: error,
    });
  }
}

async function readHolder(holderFile: string): Promise<string> {
  // One that has only just taken the lock, or is about to let it go, has no name here.
  const unnamed = "another process";
  try {
    const holder = await readFile(holderFile, "utf8");
    return holder === "" ? unnamed : `process ${holder}`;
  } catch (error) {
    if (isMissing(error)) return unnamed;
    throw error;
  }
}
