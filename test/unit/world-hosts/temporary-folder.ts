import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

/**
 * A new empty folder that is removed after the test. Make it first: what is set up last is taken down
 * first.
 */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "world-hosts-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Stops a part after the test, and gives it back. */
export function stopAfterTest<Part extends { stop(): Promise<void> }>(part: Part): Part {
  onTestFinished(() => part.stop());
  return part;
}
