import { join } from "node:path";
import { expect } from "vitest";
import type { RunAnswer } from "../world/engine-process.ts";
import { readTree, type Standing } from "../world/read-tree.ts";
import type { Stage } from "./stage.ts";

/** What a run must end with: the code of its error, and words that name the thing and say what to do. */
export interface Complaint {
  readonly code: string;
  readonly words: RegExp;
  /** "failed" unless the run had made its release live already. */
  readonly state?: string;
}

/** Every file of every document root, with rights, bytes and times. */
export async function everythingPublished({ world }: Stage): Promise<Record<string, Standing>> {
  const all: Record<string, Standing> = {};
  // What a folder's own time tells is not published.
  for (const { root } of [world.staging, world.production, world.mirror])
    for (const [path, standing] of await readTree(root))
      all[root + path] = standing.kind === "directory" ? { ...standing, mtimeMs: 0, size: 0 } : standing;
  return all;
}

/** Asks for a run that must fail as said, and leave all that is published as it was. */
export async function expectFailure(
  stage: Stage,
  kind: string,
  module: string,
  { code, words, state = "failed" }: Complaint,
): Promise<RunAnswer> {
  const before = await everythingPublished(stage);
  const run = await stage.run(kind, module);
  expect(run).toMatchObject({ state, error: { code, message: expect.stringMatching(words) } });
  expect(await everythingPublished(stage)).toEqual(before);
  return run;
}

/** The fault is gone: the same run succeeds now, and nothing is left waiting in staging's holding folder. */
export async function expectRecovery(
  stage: Stage,
  kind: string,
  module: string,
  holding = join(stage.world.staging.root, "../.ocw-engine-www"),
): Promise<RunAnswer> {
  const run = await stage.done(kind, module);
  const paths = [...(await readTree(holding)).keys()];
  expect(paths.filter((path) => !isMemory.test(path))).toEqual([]);
  return run;
}

// One folder per module, and in it the newest token that the host has seen.
const isMemory = /^\/[0-9a-f]{32}(?:\/seen-\d+)?$/;
