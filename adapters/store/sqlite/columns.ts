import type { z } from "zod";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Digest } from "../../../engine/model/digest.ts";
import type { ModuleId } from "../../../engine/model/module.ts";
import type { Edition } from "../../../engine/model/release.ts";
import type { SitePath } from "../../../engine/model/site-path.ts";
import type { Row } from "./connection.ts";

// The readers check kinds, not rules: SQLite's STRICT tables and CHECK constraints keep what was checked on
// the way in, so a mismatch means that the file is not what we wrote.
function damaged(column: string, expected: string): PublishError {
  return new PublishError("corrupt", `the state holds no ${expected} in column ${column}: restore a backup`);
}

/** The text of a column; throws `corrupt` where there is none. */
export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw damaged(column, "text");
  return value;
}

/** The integer of a column; throws `corrupt` where there is none. */
export function integerOf(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw damaged(column, "integer");
  return value;
}

/** A moment, kept as milliseconds since 1970. */
export function dateOf(row: Row, column: string): Date {
  return new Date(integerOf(row, column));
}

/** The bytes of a column; throws `corrupt` where there are none. */
export function bytesOf(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw damaged(column, "bytes");
  return value;
}

/** A digest, kept as its 32 bytes. */
export function digestOfColumn(row: Row, column: string): Digest {
  const value = row[column];
  if (!(value instanceof Uint8Array) || value.length !== 32) throw damaged(column, "digest");
  return Buffer.from(value.buffer, value.byteOffset, value.length).toString("hex") as Digest;
}

/** The site path in column `path`, parsed before it was kept. */
export function pathOf(row: Row): SitePath {
  const text = textOf(row, "path");
  if (!text.startsWith("/")) throw damaged("path", "site path");
  return text as SitePath;
}

/** A module name that was parsed before it was kept. */
export function moduleIdOf(row: Row, column: string): ModuleId {
  return textOf(row, column) as ModuleId;
}

/** An edition. */
export function editionOf(row: Row, column: string): Edition {
  const text = textOf(row, column);
  if (!/^(?:web$|(?:mirror|package)\/)/.test(text)) throw damaged(column, "edition");
  return text as Edition;
}

/** One of a closed set of words. */
export function wordOf<Word extends string>(row: Row, column: string, words: readonly Word[]): Word {
  const text = textOf(row, column);
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) throw damaged(column, words.join(" or "));
  return word;
}

/** A value kept as JSON, checked against its schema. */
export function jsonOf<Value>(row: Row, column: string, schema: z.ZodType<Value>): Value {
  const text = textOf(row, column);
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new PublishError("corrupt", `the state holds bad JSON in column ${column}: restore a backup`, {
      cause: error,
    });
  }
}

/** The 32 bytes of a digest, as they are kept. */
export function bytesOfDigest(digest: Digest): Uint8Array {
  return Buffer.from(digest, "hex");
}

/** A property whose column may be NULL: there only if the column holds something. */
export function optional<Name extends string, Value>(
  name: Name,
  read: (row: Row, column: string) => Value,
  row: Row,
  column: string = name,
): { readonly [Key in Name]?: Value } {
  return row[column] === null ? {} : ({ [name]: read(row, column) } as { readonly [Key in Name]?: Value });
}

/**
 * Text fit to be a key, or `refused`: half of a surrogate pair would be kept as another character, and two
 * keys would become one.
 */
export function keyText<Text extends string>(text: Text): Text {
  if (!text.isWellFormed())
    throw new PublishError("refused", `not well-formed unicode: ${JSON.stringify(text.slice(0, 300))}`);
  return text;
}
