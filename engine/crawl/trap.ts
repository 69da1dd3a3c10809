const segmentsMax = 40;

/**
 * Why a path must be one of a space without end, if it must: relative links of a page that answers under any
 * path (Zope acquires objects from the folders above, so that /a/b/a/b/page is answered as /a/b/page is).
 */
export function trapIn(pathname: string, module: string): string | undefined {
  const moduleName = module.slice(module.lastIndexOf("/") + 1);
  const segments = pathname.split("/").slice(1);
  if (segments.length > segmentsMax) return `its path has more than ${segmentsMax} parts`;
  for (let start = 0; start < segments.length; start++)
    for (let length = 1; start + 2 * length <= segments.length; length++) {
      const times = timesRepeated(segments, start, length);
      // A name twice in a row is usual (notes/notes), unless it is the module's; more of it is not.
      if (times >= 3 || (times === 2 && (length > 1 || segments[start] === moduleName)))
        return `its path repeats ${JSON.stringify(segments.slice(start, start + length).join("/"))}`;
    }
  return undefined;
}

function timesRepeated(segments: readonly string[], start: number, length: number): number {
  let times = 1;
  while (isSame(segments, start, start + times * length, length)) times++;
  return times;
}

function isSame(segments: readonly string[], one: number, other: number, length: number): boolean {
  if (other + length > segments.length) return false;
  for (let index = 0; index < length; index++)
    if (segments[one + index] !== segments[other + index] || segments[one + index] === "") return false;
  return true;
}
