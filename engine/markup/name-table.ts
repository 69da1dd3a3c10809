/** A few names, found in any case in a text without making strings of it. */
export interface NameTable {
  readonly names: readonly string[];
  /** The index of the name that stands from start to end; -1 when it is none of them. */
  find(text: string, start: number, end: number): number;
}

/**
 * A table of at most 31 distinct lower-case ASCII names, so that a set of them fits the bits of one number.
 */
export function createNameTable(distinct: Iterable<string>): NameTable {
  const names = [...distinct];
  const byLength: number[][] = [];
  for (const [index, name] of names.entries()) {
    const same = byLength[name.length] ?? [];
    same.push(index);
    byLength[name.length] = same;
  }
  return {
    names,
    find: (text, start, end) => {
      const same = byLength[end - start];
      if (same === undefined) return -1;
      for (const index of same) if (isName(text, start, names[index] ?? "")) return index;
      return -1;
    },
  };
}

function isName(text: string, start: number, name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const code = text.charCodeAt(start + index);
    const lower = code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
    if (lower !== name.charCodeAt(index)) return false;
  }
  return true;
}
