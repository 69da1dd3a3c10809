import { mkdir, readFile, rename, symlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { findProgram } from "../../world/hosts/find-program.ts";
import { startRsyncDaemon } from "../../world/hosts/rsync-daemon.ts";
import { runProgram } from "./run-program.ts";
import { stopAfterTest, temporaryFolder } from "./temporary-folder.ts";

async function startDaemon() {
  const folder = await temporaryFolder();
  for (const name of ["one", "two"]) {
    await mkdir(path.join(folder, name));
    await writeFile(path.join(folder, name, "page.htm"), name);
    await utimes(
      path.join(folder, name, "page.htm"),
      1_500_000_000,
      name === "one" ? 1_500_000_000 : 1_500_000_002,
    );
  }
  const current = path.join(folder, "current");
  await symlink("one", current);
  const daemon = await startRsyncDaemon({ dir: path.join(folder, "rsyncd"), modulePath: current });
  if (daemon === undefined) throw new Error("rsync is not installed");
  return { folder, current, daemon: stopAfterTest(daemon) };
}

const isInstalled = process.env.CI === "true" || findProgram("rsync") !== undefined;

test.runIf(isInstalled)("gives what the link points to, and nothing when nothing changed", async () => {
  const { folder, current, daemon } = await startDaemon();
  const copy = path.join(folder, "copy");
  const pull = () =>
    runProgram("rsync", ["-a", "--delete", "--itemize-changes", `${daemon.url}/`, `${copy}/`]);
  const first = await pull();
  expect(first).toMatchObject({ status: 0, stderr: "" });
  expect(await readFile(path.join(copy, "page.htm"), "utf8")).toBe("one");
  expect((await pull()).stdout.toString()).toBe("");
  await symlink("two", `${current}.next`);
  await rename(`${current}.next`, current);
  expect((await pull()).stdout.toString()).toContain(">f");
  expect(await readFile(path.join(copy, "page.htm"), "utf8")).toBe("two");
});

test.runIf(isInstalled)("takes nothing, and is gone after it was stopped", async () => {
  const { folder, daemon } = await startDaemon();
  const push = await runProgram("rsync", [path.join(folder, "two/page.htm"), `${daemon.url}/new.htm`]);
  expect(push.status).not.toBe(0);
  expect(push.stderr).toContain("read only");
  await daemon.stop();
  expect((await runProgram("rsync", [`${daemon.url}/`])).status).not.toBe(0);
});
