import type { Codes } from "./source-text.ts";

/** A few names, found in any case in a text without making strings of it. */
export interface NameTable {
  readonly names: readonly string[];
  /** The index of the name that stands from start to end; -1 when it is none of them. */
  find(codes: Codes, start: number, end: number): number;
}

/**
 * A table of distinct lower-case ASCII names of at most 31 letters.
 */
export function createNameTable(distinct: Iterable<string>): NameTable {
  const names = [...distinct];
  const byLook: (readonly number[])[] = Array.from({ length: (lengthMax + 1) << 5 }, () => []);
  for (const [index, name] of names.entries()) {
    const look = lookOf(name.charCodeAt(0), name.length);
    byLook[look] = [...(byLook[look] ?? []), index];
  }
  return {
    names,
    find: (codes, start, end) => {
      if (end - start > lengthMax) return -1;
      const same = byLook[lookOf(codes[start] ?? 0, end - start)] ?? [];
      for (let place = 0; place < same.length; place++) {
        const index = same[place] ?? -1;
        if (isName(codes, start, names[index] ?? "")) return index;
      }
      return -1;
    },
  };
}

/** No name in a table is longer. */
const lengthMax = 31;

/** A number that is the same for equal names in any case: of the first letter and the length. */
function lookOf(code: number, length: number): number {
  return (length << 5) | (code & 0x1f);
}

function isName(codes: Codes, start: number, name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const code = codes[start + index] ?? 0;
    const lower = code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
    if (lower !== name.charCodeAt(index)) return false;
  }
  return true;
}
