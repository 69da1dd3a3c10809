import type { Edit } from "../markup/edit.ts";

/**
 * The edits of amendments and of links that may be made together, sorted by place: of two that overlap the
 * larger one stays, and of an amendment and a link the former, so that what is within a part that goes or
 * gives way goes with it. Insertions stand at the borders of others. Links never overlap each other.
 */
export function settleOverlaps(amended: readonly Edit[], links: readonly Edit[]): readonly Edit[] {
  const covers: Edit[] = [];
  for (const edit of amended.toSorted((one, other) => sizeOf(other) - sizeOf(one))) {
    const place = placeAmong(covers, edit);
    if (sizeOf(edit) > 0 && !isWithin(edit, covers[place])) covers.splice(place, 0, edit);
  }
  const free = links.filter((link) => !isWithin(link, covers[placeAmong(covers, link)]));
  const taken = [...covers, ...free].sort(byPlace);
  const insertions = amended.filter((edit) => sizeOf(edit) === 0);
  return [...insertions.filter((edit) => !isWithin(edit, taken[placeAmong(taken, edit)])), ...taken].sort(
    byPlace,
  );
}

/** The order in which edits are made; what is inserted before a part that goes comes first. */
export function byPlace(one: Edit, other: Edit): number {
  return one.start - other.start || one.end - other.end;
}

function sizeOf({ start, end }: Edit): number {
  return end - start;
}

/** The index of the first of some disjoint edits, sorted by place, that ends behind where this one starts. */
function placeAmong(edits: readonly Edit[], { start }: Edit): number {
  let low = 0;
  let high = edits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edits[middle]?.end ?? 0) > start) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** True if a place overlaps a larger one; an empty place does so only strictly within it. */
function isWithin({ start, end }: Edit, larger: Edit | undefined): boolean {
  return larger !== undefined && start < larger.end && end > larger.start;
}
