import { PublishError } from "../errors/publish-error.ts";

const fullCodes = ["ENOSPC", "EDQUOT", "EFBIG"];
const rightsCodes = ["EACCES", "EPERM", "EROFS"];
const kindCodes = ["ENOTDIR", "EISDIR", "EEXIST", "ELOOP", "ENAMETOOLONG"];
const passingCodes = ["EIO", "EMFILE", "ENFILE", "EBUSY", "ESTALE"];

/** An error of node:fs as a PublishError that names `place`; a PublishError passes as it is. */
export function translateFileError(thrown: unknown, place: string): PublishError {
  if (thrown instanceof PublishError) return thrown;
  const code = codeOf(thrown);
  const cause = { cause: thrown };
  if (fullCodes.includes(code))
    return new PublishError("unavailable", `disk full at ${place}: free some space`, cause);
  if (rightsCodes.includes(code))
    return new PublishError(
      "invalid-config",
      `no rights at ${place}: make it writable for the engine's user`,
      cause,
    );
  if (kindCodes.includes(code))
    return new PublishError(
      "invalid-config",
      `${place} is not what it should be (${code}): name another`,
      cause,
    );
  if (isMissing(thrown)) return new PublishError("not-found", `there is nothing at ${place}`, cause);
  if (passingCodes.includes(code))
    return new PublishError("unavailable", `disk error at ${place} (${code}): look at the disk`, cause);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new PublishError("bug", `unexpected failure at ${place}: ${message}`, cause);
}

/** Acts on files at `place`, with every failure as `translateFileError` puts it. */
export async function attempt<Result>(place: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    throw translateFileError(error, place);
  }
}

/** True for the error of node:fs that says there is nothing of that name. */
export function isMissing(thrown: unknown): boolean {
  return codeOf(thrown) === "ENOENT";
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}
