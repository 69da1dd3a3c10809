/** A few names, found in any case in a text without making strings of it. */
export interface NameTable {
  readonly names: readonly string[];
  /** The index of the name that stands from start to end; -1 when it is none of them. */
  find(text: string, start: number, end: number): number;
}

/**
 * A table of distinct lower-case ASCII names.
 */
export function createNameTable(distinct: Iterable<string>): NameTable {
  const names = [...distinct];
  const byLook: number[][] = [];
  for (const [index, name] of names.entries()) {
    const look = lookOf(name, 0, name.length);
    byLook[look] = [...(byLook[look] ?? []), index];
  }
  return {
    names,
    find: (text, start, end) => {
      const same = byLook[lookOf(text, start, end)];
      if (same === undefined) return -1;
      for (const index of same) if (isName(text, start, names[index] ?? "")) return index;
      return -1;
    },
  };
}

/** A number that is the same for equal names in any case: of the length and the first letter. */
function lookOf(text: string, start: number, end: number): number {
  return ((end - start) << 5) | (text.charCodeAt(start) & 0x1f);
}

function isName(text: string, start: number, name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const code = text.charCodeAt(start + index);
    const lower = code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
    if (lower !== name.charCodeAt(index)) return false;
  }
  return true;
}
