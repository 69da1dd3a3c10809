/**
 * " (did you mean name?)" for the end of a sentence, with the known name that a mistyped one most likely
 * means: at most a third of its letters differ. Nothing where no known name is near.
 */
export function suggestName(typed: string, known: readonly string[]): string {
  const fold = (text: string) => text.slice(0, 60).toLowerCase().replaceAll(/[-_]/g, "");
  const [nearest] = known
    .map((name) => ({ name, distance: editDistance(fold(typed), fold(name)) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return nearest === undefined ? "" : ` (did you mean ${nearest.name}?)`;
}

/** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const candidates = [(last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same];
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        candidates.push((beforeLast[j - 2] ?? 0) + 1);
      row.push(Math.min(...candidates));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
