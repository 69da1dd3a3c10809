import { PublishError } from "../errors/publish-error.ts";
import type { DriveModule, DriveNeed, DrivePlan, DriveRequest } from "../model/drive.ts";
import { isUnder } from "../model/site-path.ts";
import { driveFormat } from "./drive-format.ts";

/** The rule of every plan, as people read it. */
const driveRule =
  "The assets and the front door come first, then the modules of the priority list in its order, then all " +
  "others by path. Only whole modules are taken; one that has no room any more is left out, and the next " +
  "ones are still tried. Two in a hundred bytes of the drive stay free.";

const reserve = 0.02;

/**
 * What fits on a drive, by `driveRule`. The sum of what is chosen never exceeds the room. The modules from
 * the start of the order up to the first that is left out are on every larger drive of the same format, too.
 * Throws `refused` where not even the assets and the front door fit.
 */
export function planDrive(
  request: DriveRequest,
  base: DriveNeed,
  modules: readonly DriveModule[],
): DrivePlan {
  const { sizeBytes, fileSystem, courses, priority } = request;
  const format = driveFormat(fileSystem, sizeBytes);
  const roomBytes = Math.max(0, Math.floor(sizeBytes * (1 - reserve)) - format.tableBytes);
  if (base.obstacle !== undefined) throw new PublishError("refused", base.obstacle);
  if (base.space > roomBytes || base.files > format.namesMax)
    throw new PublishError(
      "refused",
      `the assets and the front door need ${base.space} bytes, and the drive has room for ${roomBytes}`,
    );
  const asked = modules.filter(
    ({ module }) => courses === undefined || courses.some((prefix) => isUnder(module, prefix)),
  );
  const rankOf = ({ module }: DriveModule): number => {
    const rank = priority.findIndex((prefix) => isUnder(module, prefix));
    return rank === -1 ? priority.length : rank;
  };
  const order = asked
    .map((module) => ({ ...module, rank: rankOf(module) }))
    .sort((one, other) => one.rank - other.rank || (one.module < other.module ? -1 : 1));
  const chosen: DriveModule[] = [];
  const leftOut: (DriveModule & { readonly reason: string })[] = [];
  let [space, files] = [base.space, base.files];
  for (const { rank: _rank, ...module } of order) {
    const hasRoom = space + module.space <= roomBytes && files + module.files <= format.namesMax;
    const reason = module.obstacle ?? (hasRoom ? undefined : "no room");
    if (reason !== undefined) leftOut.push({ ...module, reason });
    else {
      chosen.push(module);
      space += module.space;
      files += module.files;
    }
  }
  return {
    request,
    rule: driveRule,
    clusterBytes: format.clusterBytes,
    roomBytes,
    spaceBytes: space,
    base,
    chosen,
    leftOut,
    unknown: [...(courses ?? []), ...priority].filter(
      (prefix) => !modules.some(({ module }) => isUnder(module, prefix)),
    ),
  };
}
