import type { Edit } from "../markup/edit.ts";

/**
 * The edits of amendments and of links that may be made together: of two that overlap the larger one stays,
 * so that what is within a part that goes or gives way goes with it. Insertions stand at its borders.
 */
export function settleOverlaps(amended: readonly Edit[], links: readonly Edit[]): readonly Edit[] {
  if (amended.length === 0) return links;
  const sizeOf = ({ start, end }: Edit): number => end - start;
  const kept: Edit[] = [];
  for (const edit of amended.toSorted((one, other) => sizeOf(other) - sizeOf(one)))
    if (!kept.some((larger) => isWithin(edit, larger))) kept.push(edit);
  const covers = kept.filter((edit) => sizeOf(edit) > 0).sort((one, other) => one.start - other.start);
  let next = 0;
  for (const link of links.toSorted((one, other) => one.start - other.start)) {
    while ((covers[next]?.end ?? Number.POSITIVE_INFINITY) <= link.start) next++;
    const cover = covers[next];
    if (cover === undefined || !isWithin(link, cover)) kept.push(link);
  }
  return kept;
}

/** True if a place overlaps a larger one; an empty place does so only strictly within it. */
function isWithin({ start, end }: Edit, larger: Edit): boolean {
  return start < larger.end && end > larger.start;
}
