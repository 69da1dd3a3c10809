import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunAnswer } from "../world/engine-process.ts";
import { digestsAt } from "./seen-files.ts";
import { type Stage, setStage } from "./stage.ts";

const modules = ["/courses/waves", "/courses/tides", "/resources/optics"] as const;
const [waves] = modules;
const stylesheet = "/css/site.css";
let folder: string;
let stage: Stage;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ocw-engine-site-"));
  for (const module of modules) {
    await write(`${module}/index.html`, `<link rel="stylesheet" href="${stylesheet}"><p>${module}</p>`);
    await write(`${module}/notes/index.html`, "<p>Notes that nothing links to</p>");
    await write(`${module}/data.json`, JSON.stringify({ module }));
  }
  await write(stylesheet, "p { color: navy }");
  await write("/unused.html", "<p>In no module</p>");
  stage = await setStage({
    configure(config) {
      config.source = {
        type: "directory",
        root: join(folder, "public"),
        modules: [
          { prefix: "/courses/*", kind: "course" },
          { prefix: "/resources/optics", kind: "resource", title: "Optics" },
        ],
      };
      config.crawl = { ...config.crawl, assetPrefixes: ["/css"] };
    },
  });
});
afterAll(async () => {
  await stage.strike();
  await rm(folder, { recursive: true });
});

it("promise 4: a built site stands on staging and production, file by file as it was built", async () => {
  for (const module of modules) await stage.publishAndPromote(module);
  const { staging, production } = stage.world;
  const { "/unused.html": _, ...built } = await digestsAt(join(folder, "public"));
  expect(Object.keys(built)).toHaveLength(10);
  expect(await digestsAt(staging.root)).toEqual(built);
  expect(await digestsAt(production.root)).toEqual(built);
});

it("promise 10: building the same again changes nothing", async () => {
  await write(`${waves}/data.json`, JSON.stringify({ module: waves }));
  for (const run of Object.values(await stage.publishAndPromote(waves)))
    for (const plan of run.plans) expect(plan).toMatchObject({ puts: 0, removals: 0 });
});

it("puts the one file that changed, and no other", async () => {
  await write(`${waves}/notes/index.html`, "<p>Notes, corrected</p>");
  const { publish, promote } = await stage.publishAndPromote(waves);
  expect(changesAt("staging", publish)).toEqual({ puts: 1, removals: 0 });
  expect(changesAt("production", promote)).toEqual({ puts: 1, removals: 0 });
  const live = await readFile(join(stage.world.production.root, waves, "notes/index.html"), "utf8");
  expect(live).toBe("<p>Notes, corrected</p>");
});

it("removes the one file that went, and no other", async () => {
  await rm(join(folder, "public", waves, "data.json"));
  const before = await digestsAt(stage.world.production.root);
  const { publish, promote } = await stage.publishAndPromote(waves);
  expect(changesAt("staging", publish)).toEqual({ puts: 0, removals: 1 });
  expect(changesAt("production", promote)).toEqual({ puts: 0, removals: 1 });
  const { [`${waves}/data.json`]: gone, ...rest } = before;
  expect(gone).toBeDefined();
  expect(await digestsAt(stage.world.production.root)).toEqual(rest);
});

it("promise 1: a folder that is not there, or a module that was not built, removes nothing", async () => {
  const before = await digestsAt(stage.world.staging.root);
  const root = join(folder, "public");
  await rename(join(root, waves), join(folder, "waves"));
  expect(await stage.run("publish", waves)).toMatchObject({ state: "failed", error: { code: "not-found" } });
  await rename(join(folder, "waves"), join(root, waves));
  await rename(root, `${root}.old`);
  expect(await stage.run("publish", waves)).toMatchObject({
    state: "failed",
    error: { code: "unavailable" },
  });
  await rename(`${root}.old`, root);
  expect(await digestsAt(stage.world.staging.root)).toEqual(before);
});

async function write(path: string, text: string): Promise<void> {
  const file = join(folder, "public", path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

function changesAt(place: string, run: RunAnswer): { puts: number; removals: number } | undefined {
  const plan = run.plans.find(({ destination }) => destination === place);
  return plan && { puts: plan.puts, removals: plan.removals };
}
