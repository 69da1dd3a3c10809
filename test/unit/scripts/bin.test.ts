import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { prepareExample } from "../config/example-machine.ts";
import { runBin } from "./run-bin.ts";

const folder = join(import.meta.dirname, "../../../config");

test("--version goes to stdout", async () => {
  expect(await runBin(["--version"])).toEqual({ code: 0, stdout: "0.1.0\n", stderr: "" });
});

test("an unknown command is refused", async () => {
  expect(await runBin(["frobnicate"])).toEqual({
    code: 2,
    stdout: "",
    stderr: "ocw-engine: unknown command: frobnicate; see ocw-engine --help\n",
  });
});

test("config schema prints what config/ holds", async () => {
  const { code, stdout } = await runBin(["config", "schema"]);
  expect(code).toBe(0);
  expect(stdout).toBe(await readFile(join(folder, "ocw-engine.schema.json"), "utf8"));
});

test("config check takes an example on a machine that has what it refers to", async () => {
  const { file, env } = await prepareExample("production.example.yaml");
  expect(await runBin(["config", "check", "--config", file], env)).toEqual({
    code: 0,
    stdout: `${file} is right: OpenCourseWare, source plone, 5 destinations, 1 edge, 5 schedules\n`,
    stderr: "",
  });
});

test("config check names every secret that is missing", async () => {
  const { code, stdout, stderr } = await runBin(["config", "check"], {
    OCW_ENGINE_CONFIG: join(folder, "qa.example.yaml"),
  });
  expect([code, stdout]).toEqual([2, ""]);
  const wanted = [...stderr.matchAll(/credential:([\w-]+) cannot be read/g)].map(([, name]) => name);
  expect([...new Set(wanted)]).toEqual([
    "cms-password",
    "cms-workflow-password",
    "origin-ssh-key",
    "netstorage-ssh-key",
    "mirror-ssh-key",
  ]);
});

test("without a daemon a command that needs one says how to start it", async () => {
  const { file } = await prepareExample("qa.example.yaml");
  // Nothing listens on the first port of all.
  await writeFile(file, (await readFile(file, "utf8")).replace("port: 7070", "port: 1"));
  expect(await runBin(["status", "--config", file])).toEqual({
    code: 5,
    stdout: "",
    stderr:
      "ocw-engine: no daemon answers at http://127.0.0.1:1; start it with: ocw-engine serve --config FILE\n",
  });
});
