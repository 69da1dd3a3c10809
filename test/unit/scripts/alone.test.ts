import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { digestOf } from "../../../engine/model/digest.ts";
import { parseModuleId } from "../../../engine/model/module.ts";
import type { Run } from "../../../engine/model/run.ts";
import { parseSitePath } from "../../../engine/model/site-path.ts";
import type { PlannedChange, Service } from "../../../engine/ports/service.ts";
import type { TokenRecord } from "../../../engine/ports/store/store.ts";
import type { Composition, OpenEngine } from "../../../scripts/lib/composition.ts";
import { goodConfig, goodEnv, makeFolder, writeConfig } from "../config/config-file.ts";
import { fakeRegistry } from "../config/fake-registry.ts";
import { runInProcess } from "./run-bin.ts";

const module = parseModuleId("/courses/one");
const path = parseSitePath("/courses/one/index.htm");
const digest = digestOf("x");
const entry = { path, digest, size: 1500, mediaType: "text/html", mtimeSeconds: 2 };
const change: PlannedChange = {
  destination: "staging",
  change: { kind: "put", owner: module, wave: "indexes", path, entry, reason: "missing" },
};
const planned: Run = {
  id: 1,
  kind: "plan",
  module,
  cause: { by: "ann", via: "api" },
  state: "succeeded",
  createdAt: new Date(0),
  startedAt: new Date(0),
  endedAt: new Date(2000),
  stages: [],
  plans: [
    { destination: "staging", release: 1, puts: 1, removals: 0, unchanged: 0, heldBefore: 0, bytes: 1500 },
    { destination: "other", release: 1, puts: 0, removals: 0, unchanged: 3, heldBefore: 3, bytes: 0 },
  ],
};

const never = () => Promise.reject(new PublishError("bug", "nobody should ask this"));

/** An engine that plans one change, knows the tokens it is given, and says what was done with it. */
function makeEngine() {
  const done: string[] = [];
  const records = new Map<string, TokenRecord>();
  const find = async (hash: string) => records.get(hash);
  const service: Service = {
    health: never,
    identify: (token) => find(digestOf(token)),
    modules: never,
    module: never,
    refreshModules: never,
    request: never,
    run: never,
    runs: never,
    changes: async () => [change],
    crawlReport: never,
    crawlFindings: never,
    approve: never,
    cancel: never,
    events: never,
    onEvent: () => () => undefined,
    releases: never,
    planDrive: never,
    driveFile: never,
    async createToken(name, role) {
      const token = `ocw_${name}`;
      records.set(digestOf(token), { name, role, createdAt: new Date(0) });
      return token;
    },
    doctor: async () => [{ subject: "cms", checks: [{ name: "login", ok: true, detail: "" }], weaker: [] }],
  };
  const engine: OpenEngine = {
    service,
    async serve(signal, onReady) {
      onReady("http://127.0.0.1:1");
      done.push(signal.aborted ? "stopped" : "served");
    },
    plan: async () => planned,
    close: async () => void done.push("closed"),
  };
  const composition: Composition = { registry: fakeRegistry, openEngine: async () => engine };
  return { composition, records, done };
}

/** Runs a command beside no daemon, with a state directory of its own. */
async function runAlone(argv: readonly string[]) {
  const { composition, records, done } = makeEngine();
  const state = await makeFolder();
  const text = `${goodConfig.replace("/var/lib/site", state)}api: {port: 1}\n`;
  const config = await writeConfig(text);
  const ended = await runInProcess([...argv, "--config", config], goodEnv, { composition });
  return { ...ended, state, records, done };
}

describe("without a daemon", () => {
  test("plan opens the engine, shows the plan and closes it", async () => {
    const { code, stdout, done } = await runAlone(["plan", "/courses/one"]);
    expect(stdout.split("\n")).toEqual([
      "staging: 1 to put, 0 to remove, 0 unchanged",
      "/courses/one/  +1 1.5 kB",
      "  + index.htm  1.5 kB  missing",
      "",
      "other: nothing to change, 3 unchanged",
      "",
      "run 1: plan of /courses/one to staging succeeded in 2.0 s; " +
        "staging 1 put, 0 removals, 1.5 kB; other 0 puts, 0 removals, 0 B",
      "",
    ]);
    expect([code, done]).toEqual([0, ["closed"]]);
  });

  test("doctor does too", async () => {
    const { code, stdout, done } = await runAlone(["doctor"]);
    expect([code, stdout, done]).toEqual([0, "cms\n  ok      login\nall is well\n", ["closed"]]);
  });

  test("a token is shown once, and kept as its hash", async () => {
    const { code, stdout, records, done } = await runAlone(["token", "create", "ann", "--role", "viewer"]);
    expect(records.get(digestOf(stdout.trim()))).toMatchObject({ name: "ann", role: "viewer" });
    expect([code, done]).toEqual([0, ["closed"]]);
  });

  test("serve leaves a token for the CLI, says where it listens, and closes", async () => {
    const { code, stderr, state, records, done } = await runAlone(["serve"]);
    expect([code, stderr, done]).toEqual([0, "listening on http://127.0.0.1:1\n", ["served", "closed"]]);
    const token = (await readFile(join(state, "cli-token"), "utf8")).trim();
    expect(records.get(digestOf(token))).toMatchObject({ role: "admin" });
  });
});
