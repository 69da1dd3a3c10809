import { estimateDrive } from "../drive/estimate-drive.ts";
import { driveList } from "../drive/list-drive.ts";
import { planDrive } from "../drive/plan-drive.ts";
import { PublishError } from "../errors/publish-error.ts";
import { counted } from "../model/counted.ts";
import { digestOf } from "../model/digest.ts";
import type { DrivePlan, DriveRequest } from "../model/drive.ts";
import { nextMtime } from "../model/entry.ts";
import { mirrorOf, type Selection } from "../model/mirror.ts";
import type { Run } from "../model/run.ts";
import type { CallContext } from "../ports/context.ts";
import { type Composed, composeSelection } from "./compose-selection.ts";
import type { EngineParts } from "./engine-parts.ts";
import { catalogueOf } from "./make-catalogue-at.ts";
import { stage } from "./stage.ts";

// Each time what turned out larger than it was thought is known, so two times are usual.
const attemptsMax = 5;
const listBytesMax = 4 * 2 ** 30;

/** What would fit on a drive, by what is known now; nothing is rendered for it. */
export async function estimatePlan(
  parts: EngineParts,
  request: DriveRequest,
  composed: readonly number[] = [],
): Promise<DrivePlan> {
  // The last composition of everything tells most sizes.
  const whole = await parts.store.compositions.latest(mirrorOf({ name: "all" }));
  const compositions = whole === undefined ? composed : [whole.id, ...composed];
  const { base, modules } = await estimateDrive(parts, request, compositions);
  return planDrive(request, base, modules);
}

/**
 * Composes what fits on a drive, and keeps the list of its files in the run. What fits is first told from the
 * sizes that are known, then rendered; if the real ones exceed the drive, it is told anew from those. Throws
 * `refused` where nothing fits.
 */
export async function composeDrive(parts: EngineParts, run: Run, context: CallContext): Promise<void> {
  const { drive: request } = run;
  if (request === undefined) throw new PublishError("bug", `run ${run.id} does not say what drive it is for`);
  const compositions: number[] = [];
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const plan = await stage(
      parts,
      run,
      "plan",
      () => estimatePlan(parts, request, compositions),
      ({ chosen, leftOut, spaceBytes, roomBytes }) =>
        `${counted(chosen.length, "module")} in ${spaceBytes} of ${roomBytes} bytes, ` +
        `${leftOut.length} left out`,
      `attempt ${attempt}`,
    );
    const composed = await composeSelection(parts, run, selectionOf(plan), context);
    const { id } = composed.composition;
    compositions.push(id);
    const { chosen, leftOut, unknown } = plan;
    const { base, modules } = await estimateDrive(
      parts,
      request,
      [id],
      new Set(chosen.map(({ module }) => module)),
    );
    const real = planDrive(request, base, modules);
    if (real.leftOut.length === 0)
      return keepList(parts, run, { ...real, leftOut, unknown }, composed, context);
  }
  throw new PublishError(
    "refused",
    "what was chosen turned out too large each time: plan for a smaller drive",
  );
}

/** The same wish has the same name, and with it the renders of the time before. */
function selectionOf({ request, chosen }: DrivePlan): Selection {
  return {
    name: `drive-${digestOf(JSON.stringify(request)).slice(0, 8)}`,
    destinations: [],
    modules: chosen.map(({ module }) => module),
    isExact: true,
    without: request.without,
  };
}

async function keepList(
  parts: EngineParts,
  run: Run,
  plan: DrivePlan,
  composed: Composed,
  context: CallContext,
): Promise<void> {
  const { store, blobs } = parts;
  const { id, createdAt } = composed.composition;
  // No clock: the same composition makes the same drive.
  const madeAt = new Date(nextMtime(createdAt.getTime(), undefined) * 1000);
  const catalogue = await catalogueOf(parts, composed, { number: id, madeAt, kept: [] }, context);
  const entries = store.compositions.entries(id);
  const list = await blobs.put(
    driveList({ composition: id, createdAt, plan }, entries, catalogue),
    listBytesMax,
  );
  await blobs.sync();
  await store.runs.update(run.id, { composition: id, driveList: list.digest });
}
