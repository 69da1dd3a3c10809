import { readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { digestsAt } from "./seen-files.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { resource } = demoPaths;
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ content: contentOf(resource) });
  await stage.done("publish", resource);
});
afterAll(() => stage.strike());

it("promise 7: a byte that changed at the destination is not believed, and put right", async () => {
  const { cms, staging } = stage.world;
  const sheet = `${resource}/sheets/five-millimetres.pdf`;
  const before = await digestsAt(staging.root);
  await flipByte(join(staging.root, sheet));
  cms.edit(`${resource}/sheets`, (html) => `${html}<p>Ten millimetres are sold out.</p>`);
  const found = await stage.run("publish", resource);
  expect(found).toMatchObject({ state: "failed", error: { code: "corrupt" } });
  expect(found.error?.message).toContain(sheet);

  const repaired = await stage.done("publish", resource);
  expect(repaired.plans[0]).toMatchObject({ puts: 1 });
  expect((await digestsAt(staging.root))[sheet]).toBe(before[sheet]);
});

async function flipByte(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes[1_000] = 0xff ^ (bytes[1_000] ?? 0);
  await writeFile(file, bytes);
  // The test is faster than mtimes, which count in seconds; people come later.
  const later = new Date(Date.now() + 60_000);
  await utimes(file, later, later);
}
