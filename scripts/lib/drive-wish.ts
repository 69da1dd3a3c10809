import { readFile } from "node:fs/promises";
import type { Argv } from "yargs";
import { PublishError, toPublishError } from "../../engine/errors/publish-error.ts";
import { type DriveFileSystem, type DriveRequest, driveFileSystems } from "../../engine/model/drive.ts";
import { mediaClasses } from "../../engine/model/mirror.ts";

/** What the command line says of a drive. */
export interface DriveOptions {
  readonly size: string | undefined;
  readonly fs: DriveFileSystem | undefined;
  readonly courses: string | undefined;
  readonly without: string | undefined;
  readonly priority: string | undefined;
}

/** Declares what is said of a drive. */
export function addDriveOptions(command: Argv) {
  const text = { type: "string", requiresArg: true } as const;
  const list = "separated by commas, or @FILE with one in each line";
  return command
    .option("size", {
      ...text,
      describe: "of the drive: 64G and 64GB as makers count, 64GiB by powers of two",
    })
    .option("fs", { choices: driveFileSystems, describe: "its file system" })
    .option("courses", { ...text, describe: `prefixes of the modules that may be on it, ${list}` })
    .option("without", { ...text, describe: `what is left out: ${mediaClasses.join(", ")}` })
    .option("priority", { ...text, describe: `prefixes of the modules that come first, ${list}` });
}

/** True if the command line says anything of the drive. */
export function saysWish({ size, fs, courses, without, priority }: DriveOptions): boolean {
  return [size, fs, courses, without, priority].some((said) => said !== undefined);
}

/** What is wanted on a drive. What is not said of it is as it was found. Throws `invalid-config`. */
export async function readDriveWish(
  options: DriveOptions,
  found?: { readonly sizeBytes: number; readonly fileSystem: DriveFileSystem | undefined },
): Promise<DriveRequest> {
  const sizeBytes = options.size === undefined ? found?.sizeBytes : readSize(options.size);
  const fileSystem = options.fs ?? found?.fileSystem;
  if (sizeBytes === undefined || fileSystem === undefined)
    throw new PublishError("invalid-config", `say --size and --fs of the drive; see ocw-engine drive --help`);
  const courses = await readList(options.courses);
  const without = (options.without?.split(",") ?? []).map((name) => {
    const known = mediaClasses.find((each) => each === name.trim());
    if (known !== undefined) return known;
    throw new PublishError("invalid-config", `--without ${name}: say ${mediaClasses.join(", ")}`);
  });
  const priority = (await readList(options.priority)) ?? [];
  return { sizeBytes, fileSystem, without, priority, ...(courses === undefined ? {} : { courses }) };
}

const units = new Map([..."KMGT"].map((letter, index) => [letter, index + 1]));

function readSize(text: string): number {
  const [, amount, letter = "", binary] = /^(\d+(?:\.\d+)?)\s*(?:([KMGT])(i?)B?)$/i.exec(text) ?? [];
  const power = units.get(letter.toUpperCase());
  if (amount === undefined || power === undefined)
    throw new PublishError("invalid-config", `--size ${text}: say it as 64G, 64GB or 64GiB`);
  return Math.floor(Number(amount) * (binary ? 1024 : 1000) ** power);
}

async function readList(text: string | undefined): Promise<string[] | undefined> {
  if (text === undefined) return undefined;
  const words = text.startsWith("@") ? (await readText(text.slice(1))).split(/\r?\n/) : text.split(",");
  return words
    .map((word) => word.trim().replace(/(?<=.)\/+$/, ""))
    .filter((word) => word !== "" && !word.startsWith("#"));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (thrown) {
    throw new PublishError("invalid-config", `cannot read the list: ${toPublishError(thrown).message}`, {
      cause: thrown,
    });
  }
}
