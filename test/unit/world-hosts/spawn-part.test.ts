import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { withFreePort } from "../../world/hosts/find-free-port.ts";
import { findProgram } from "../../world/hosts/find-program.ts";
import { spawnPart } from "../../world/hosts/spawn-part.ts";
import { runProgram } from "./run-program.ts";
import { temporaryFolder } from "./temporary-folder.ts";

test("tells what a program wrote that did not start", async () => {
  const starting = spawnPart({
    name: "the part",
    command: "/bin/sh",
    args: ["-c", "echo no such luck >&2; exit 1"],
    isReady: () => false,
  });
  await expect(starting).rejects.toThrow("the part ended before it was ready: no such luck");
});

test("tells that a program is missing", async () => {
  const starting = spawnPart({ name: "the part", command: "/no/such", args: [], isReady: () => false });
  await expect(starting).rejects.toThrow();
});

test("tries another port when one is taken, and gives up on any other failure", async () => {
  const ports: number[] = [];
  const port = await withFreePort(async (port) => {
    ports.push(port);
    if (ports.length === 1) throw new Error("bind: Address already in use");
    return port;
  });
  expect(ports).toHaveLength(2);
  expect(port).toBe(ports[1]);
  await expect(withFreePort(() => Promise.reject(new Error("bad configuration")))).rejects.toThrow("bad");
});

async function untilRefused(url: string): Promise<void> {
  for (;;) {
    try {
      await fetch(url, { headers: { connection: "close" } });
    } catch {
      return;
    }
  }
}

// The kernel of Linux tells the child; elsewhere there is nobody to do it.
test.runIf(findProgram("setpriv") !== undefined && findProgram("nginx") !== undefined)(
  "ends with the process that started it, even when that is killed",
  async () => {
    const dir = await temporaryFolder();
    const module = new URL("../../world/hosts/web-host.ts", import.meta.url);
    const script = path.join(dir, "start.mjs");
    await writeFile(
      script,
      `import { writeSync } from "node:fs";
      import { startWebHost } from ${JSON.stringify(module.href)};
      const dir = ${JSON.stringify(dir)};
      const host = await startWebHost({ dir, root: dir, kind: "mirror", implementation: "nginx" });
      writeSync(1, host.url + " " + (await fetch(host.url)).status);
      process.kill(process.pid, "SIGKILL");`,
    );
    const [url, status] = (await runProgram(process.execPath, [script])).stdout.toString().split(" ");
    expect(status).toBe("404");
    await untilRefused(url ?? "");
  },
);
