import { type ErrorCode, PublishError } from "../../../engine/errors/publish-error.ts";

const goesOn = "then run the same command again: it goes on where it stopped";
const meanings: readonly (readonly [codes: RegExp, code: ErrorCode, text: string])[] = [
  [
    /^(?:EIO|ENODEV|ENXIO|ENOTCONN|EROFS|ESHUTDOWN)$/,
    "unavailable",
    `the drive does not answer: plug it in again or repair it, ${goesOn}`,
  ],
  [/^(?:ENOSPC|EDQUOT)$/, "unavailable", `the drive is full: free some room, ${goesOn}`],
  [/^EFBIG$/, "refused", "the file system keeps no file as large: plan with its --fs"],
  [/^(?:ENOENT|ENOTDIR)$/, "not-found", "there is no such place: is the drive plugged in and mounted?"],
  [/^(?:EEXIST|EISDIR|ENOTEMPTY|ELOOP)$/, "conflict", "something of others is in the way: move it away"],
];

/** An error of node:fs at a place of a drive as one of ours; what is full or gone says how to go on. */
export function translateDriveError(thrown: unknown, place: string): PublishError {
  if (thrown instanceof PublishError) return thrown;
  const given = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  const [, code, text] = meanings.find(([codes]) => codes.test(given)) ?? [];
  return code === undefined
    ? new PublishError(given === "" ? "bug" : "invalid-config", `cannot use ${place}: ${thrown}`, {
        cause: thrown,
      })
    : new PublishError(code, `${place}: ${text}`, { cause: thrown });
}

/** Acts on a place of a drive, with every failure as `translateDriveError` puts it. */
export async function onDrive<Result>(place: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (thrown) {
    throw translateDriveError(thrown, place);
  }
}
