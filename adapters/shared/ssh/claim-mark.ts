import { PublishError } from "../../../engine/errors/publish-error.ts";
import { digestOf } from "../../../engine/model/digest.ts";
import type { Claim } from "../../../engine/ports/destination.ts";
import { removeTree } from "./remove-tree.ts";
import type { Sftp } from "./sftp.ts";
import { makeFolder } from "./site-tree.ts";

/**
 * The claim of one delivery as it is marked at the host. The marks are empty files whose names say all, so
 * that one listing reads them and exclusive creation cannot leave a half-written one: "claim-7-<delivery>"
 * while a delivery runs, "seen-7" after it.
 */
export interface ClaimMark {
  /** Where this delivery's bytes wait; made by `takeClaim`, removed by `release`. */
  readonly stagedFolder: string;
  /**
   * Throws `conflict` if another delivery took the module since. A delivery that began after this is not
   * seen.
   */
  check(): Promise<void>;
  /** Removes what waits, and remembers the token. Repeatable. */
  release(): Promise<void>;
}

interface Mark {
  readonly name: string;
  readonly token: number;
  /** Undefined once the delivery ended. */
  readonly delivery: string | undefined;
}

const privateMode = 0o700;

/**
 * Marks a module as claimed in the holding folder, and removes what broken deliveries of it left there.
 * Throws `conflict` for an older token than the host has seen, or for the same token from another delivery
 * that runs.
 */
export async function takeClaim(sftp: Sftp, holding: string, claim: Claim): Promise<ClaimMark> {
  const folder = `${holding}/${digestOf(claim.module).slice(0, 32)}`;
  const delivery = digestOf(claim.deliveryId).slice(0, 16);
  const mine = `claim-${claim.token}-${delivery}`;
  const stagedFolder = `${folder}/staged-${claim.token}`;
  const check = async (): Promise<readonly Mark[]> => {
    const marks = await readMarks(sftp, folder);
    const isOther = (mark: Mark) => mark.delivery !== undefined && mark.delivery !== delivery;
    const rival =
      marks.find((mark) => mark.token > claim.token) ??
      marks.find((mark) => mark.token === claim.token && isOther(mark));
    if (rival === undefined) return marks;
    throw new PublishError(
      "conflict",
      `${claim.module} was taken at ${sftp.link.label} by a delivery with token ${rival.token}, and this ` +
        `one has ${claim.token}: if no other engine publishes there, remove ${folder}/${rival.name}`,
    );
  };
  await makeFolder(sftp, holding, privateMode);
  await makeFolder(sftp, folder, privateMode);
  await check();
  await createMark(sftp, `${folder}/${mine}`);
  // Whoever came between the first look and the mark is seen now, by both; who gives way leaves no mark.
  const marks = await check().catch(async (error: unknown) => {
    await sftp.unlink(`${folder}/${mine}`);
    throw error;
  });
  const older = marks.filter((mark) => mark.name !== mine);
  for (const mark of older) await sftp.unlink(`${folder}/${mark.name}`);
  for (const { name } of (await sftp.list(folder)) ?? [])
    if (name.startsWith("staged-")) await removeTree(sftp, `${folder}/${name}`);
  await makeFolder(sftp, stagedFolder, privateMode);
  return {
    stagedFolder,
    async check() {
      const marks = await check();
      if (!marks.some((mark) => mark.name === mine))
        throw new PublishError(
          "conflict",
          `the claim ${folder}/${mine} at ${sftp.link.label} is gone: begin anew`,
        );
    },
    async release() {
      await removeTree(sftp, stagedFolder);
      await createMark(sftp, `${folder}/seen-${claim.token}`);
      await sftp.unlink(`${folder}/${mine}`);
    },
  };
}

/**
 * The conflict behind a failure: a newer delivery clears away what waits, and the older one finds it
 * missing.
 */
export async function orConflict(mark: ClaimMark, error: unknown): Promise<unknown> {
  if (!(error instanceof PublishError) || (error.code !== "not-found" && error.code !== "corrupt"))
    return error;
  try {
    await mark.check();
    return error;
  } catch (found) {
    return found instanceof PublishError && found.code === "conflict" ? found : error;
  }
}

async function readMarks(sftp: Sftp, folder: string): Promise<readonly Mark[]> {
  const entries = (await sftp.list(folder)) ?? [];
  return entries.flatMap(({ name }) => {
    const [, token, delivery] =
      /^(?:seen-(?=\d+$)|claim-(?=\d+-))(\d{1,15})(?:-([0-9a-f]{16}))?$/.exec(name) ?? [];
    return token === undefined ? [] : [{ name, token: Number(token), delivery }];
  });
}

async function createMark(sftp: Sftp, file: string): Promise<void> {
  const handle = await sftp.open(file, "wx", 0o600).catch(async (error: unknown) => {
    // The same delivery, begun again: its own mark is there already.
    if ((await sftp.lstat(file))?.kind === "file") return undefined;
    throw error;
  });
  if (handle !== undefined) await sftp.closeHandle(handle);
}
