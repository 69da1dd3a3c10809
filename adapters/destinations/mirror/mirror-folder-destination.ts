import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";
import { z } from "zod";
import { defineAdapter } from "../../../engine/ports/adapter.ts";
import type { Destination } from "../../../engine/ports/destination.ts";
import { checkCancelled } from "../../shared/ssh/check-cancelled.ts";
import { createDigester } from "../../shared/ssh/digester.ts";
import { createRemoteDestination } from "../../shared/ssh/remote-destination.ts";
import { checkRoot, type SshSession } from "../../shared/ssh/ssh-session.ts";
import { attempt, openLocalFiles } from "./local-files.ts";
import { mirrorKind, mirrorSettings, mirrorShape } from "./mirror-kind.ts";

const filesAtOnce = 8;
const options = z.strictObject(mirrorShape);

/** A mirror in a folder of this machine; all else is as with a mirror on another host. */
export const mirrorFolderDestination = defineAdapter<Destination, z.output<typeof options>>({
  type: "mirror-folder",
  options,
  hosts: () => [],
  mirrorPlace: ({ root }) => ({ root }),
  create: (given, { name }) => {
    const settings = { ...mirrorSettings(given), concurrency: filesAtOnce, usesShell: false };
    return createRemoteDestination(name, settings, {
      ...mirrorKind(settings, given),
      label: "this machine",
      steps: [],
      async open({ signal }) {
        checkCancelled(signal, `opening ${given.root}`);
        return await openLocalSession(given.root);
      },
    });
  },
});

async function openLocalSession(root: string): Promise<SshSession> {
  const sftp = openLocalFiles();
  await checkRoot(sftp, root);
  return { sftp, shell: await findCopier(), digestFiles: createDigester(sftp, undefined) };
}

// GNU cp links a large tree many times as fast as single requests do.
async function findCopier(): Promise<SshSession["shell"]> {
  const run = promisify(execFile);
  // Without cp there is nothing to ask, and single requests do.
  const version = await run("cp", ["--version"]).catch(() => ({ stdout: "" }));
  if (!version.stdout.includes("GNU")) return undefined;
  return {
    sha256sum: false,
    hardLinkCopy: true,
    digests: async () => new Map(),
    copyAsLinks: (from, to) =>
      attempt(`linking ${from} as ${to}`, async () => void (await run("cp", ["-alT", "--", from, to]))),
    removeTree: (folder) => attempt(`removing ${folder}`, () => rm(folder, { recursive: true, force: true })),
  };
}
