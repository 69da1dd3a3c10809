import { accessSync, constants } from "node:fs";
import path from "node:path";

const SYSTEM_FOLDERS = ["/usr/sbin", "/usr/local/sbin", "/sbin"];

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The absolute path of a program of this machine, or undefined when it is not installed. Looks in PATH and
 * in the system administrator's folders, because Debian keeps sshd and nginx out of an ordinary user's
 * PATH.
 */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(path.delimiter), ...SYSTEM_FOLDERS];
  return folders
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, name))
    .find(isExecutable);
}

/**
 * Says which implementation a part of the world runs: the wanted one, else the real program where it is
 * installed, else the stand-in. With CI=true a missing real program is an error, so that a continuous run
 * never proves less than it claims.
 */
export function chooseImplementation<Real extends string, StandIn extends string>(choice: {
  wanted: Real | StandIn | undefined;
  real: Real;
  standIn: StandIn;
  program: string;
}): Real | StandIn {
  const { wanted, real, standIn, program } = choice;
  if (wanted === standIn) return standIn;
  if (findProgram(program) !== undefined) return real;
  if (wanted === real) throw new Error(`${program} is not installed, but ${real} was asked for`);
  if (process.env.CI === "true")
    throw new Error(`${program} is not installed; install it: CI uses no stand-in`);
  return standIn;
}
