import { randomBytes } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { PublishError } from "../../engine/errors/publish-error.ts";
import type { Service } from "../../engine/ports/service.ts";

/** Where a daemon leaves the token by which the CLI of the same machine speaks to it. */
function cliTokenFile(stateDirectory: string): string {
  return join(stateDirectory, "cli-token");
}

/**
 * Sees to it that the state directory has a token file that only its owner may read, with a token that the
 * engine knows. Whoever reads the state directory holds all there is to hold, so the role is admin.
 */
export async function keepCliToken(
  stateDirectory: string,
  service: Pick<Service, "identify" | "createToken">,
): Promise<void> {
  const file = cliTokenFile(stateDirectory);
  const kept = await readIfThere(file);
  if (kept !== undefined && (await service.identify(kept)) !== undefined) return;
  const token = await service.createToken(`cli-${randomBytes(4).toString("hex")}`, "admin");
  const waiting = `${file}.${process.pid}`;
  {
    await using written = await open(waiting, "w", 0o600);
    // The mode above is for new files only.
    await written.chmod(0o600);
    await written.writeFile(`${token}\n`);
  }
  await rename(waiting, file);
}

/** The token to speak to the daemon with: of the environment, or of the state directory. */
export async function findCliToken(
  stateDirectory: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const given = env.OCW_ENGINE_TOKEN?.trim() ?? (await readIfThere(cliTokenFile(stateDirectory)));
  if (given === undefined || given === "")
    throw new PublishError(
      "unauthorized",
      `no token: set OCW_ENGINE_TOKEN, or run as the user who owns ${cliTokenFile(stateDirectory)}`,
    );
  // What may stand in a header; the rest of it is for the daemon to judge.
  if (!/^[\x21-\x7e]+$/.test(given))
    throw new PublishError(
      "unauthorized",
      "the token holds what no token may hold: spaces or odd characters",
    );
  return given;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    if (code === "ENOENT" || code === "EACCES") return undefined;
    throw new PublishError("unavailable", `cannot read ${file} (${String(code)})`, { cause: thrown });
  }
}
