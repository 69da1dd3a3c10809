import { expect, onTestFinished, test, vi } from "vitest";
import { chooseImplementation, findProgram } from "../../world/hosts/find-program.ts";
import { startRsyncDaemon } from "../../world/hosts/rsync-daemon.ts";
import { temporaryFolder } from "./temporary-folder.ts";

function inCi(value: "true" | "") {
  vi.stubEnv("CI", value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

const choose = (program: string, wanted?: "real" | "stand-in") =>
  chooseImplementation<"real", "stand-in">({ wanted, real: "real", standIn: "stand-in", program });

test("finds programs, and says when there are none", () => {
  expect(findProgram("sh")).toMatch(/^\/.*\/sh$/);
  expect(findProgram("no-such-program")).toBeUndefined();
});

test("takes the real program where it is installed, unless the stand-in is asked for", () => {
  expect(choose("sh")).toBe("real");
  expect(choose("sh", "stand-in")).toBe("stand-in");
});

test("takes the stand-in for a missing program, but not in CI and not for what was asked for", () => {
  inCi("");
  expect(choose("no-such-program")).toBe("stand-in");
  expect(() => choose("no-such-program", "real")).toThrow("no-such-program is not installed");
  inCi("true");
  expect(() => choose("no-such-program")).toThrow("CI uses no stand-in");
  expect(choose("no-such-program", "stand-in")).toBe("stand-in");
});

test("has no rsync daemon where rsync is missing, and fails for it in CI", async () => {
  const dir = await temporaryFolder();
  vi.stubEnv("PATH", dir);
  inCi("");
  expect(await startRsyncDaemon({ dir, modulePath: dir })).toBeUndefined();
  inCi("true");
  await expect(startRsyncDaemon({ dir, modulePath: dir })).rejects.toThrow("CI uses no stand-in");
});
