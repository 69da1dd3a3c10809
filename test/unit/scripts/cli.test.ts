import { describe, expect, test } from "vitest";
import { goodConfig, goodEnv, makeFolder, writeConfig } from "../config/config-file.ts";
import { runInProcess } from "./run-bin.ts";

describe("the command line", () => {
  test("--version and --help go to stdout", async () => {
    expect(await runInProcess(["--version"])).toEqual({ code: 0, stdout: "0.1.0\n", stderr: "" });
    const { code, stdout, stderr } = await runInProcess(["--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    for (const command of ["serve", "publish", "promote", "rollback", "approve", "plan", "status", "doctor"])
      expect(stdout).toContain(`ocw-engine ${command}`);
  });

  test.each([
    [[], "say what to do; see ocw-engine --help"],
    [["pubish"], /did you mean publish/i],
    [["frobnicate"], /unknown command: frobnicate/i],
    [["status", "--colour"], /unknown argument: colour/i],
    [["config"], /say check or schema/],
    [["publish"], "name the modules to publish, or say --all"],
    [["publish", "/courses/one", "--all"], "name the modules to publish, or say --all"],
    [["rollback", "/courses/one"], /missing required argument: place/i],
    [["rollback", "/courses/one", "--place", "moon"], /invalid values/i],
    [["rollback", "/courses/one", "--place", "staging", "--to", "x"], "--to must be a whole number above 0"],
    [["approve", "-3"], /run must be a whole number above 0|not enough/],
    [["token", "create", "ann"], /missing required argument: role/i],
    [["status"], "name the configuration: --config FILE or OCW_ENGINE_CONFIG"],
  ])("%j is refused with what is wrong", async (argv, message) => {
    const { code, stdout, stderr } = await runInProcess(argv);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^ocw-engine: /);
    if (typeof message === "string") expect(stderr).toContain(message);
    else expect(stderr).toMatch(message);
  });

  test("a module that climbs is refused before anybody is asked", async () => {
    const { code, stderr } = await runInProcess(["promote", "/courses/../etc"]);
    expect([code, stderr]).toEqual([7, 'ocw-engine: unsafe path "/courses/../etc": it climbs\n']);
  });
});

describe("config check", () => {
  test("says what a good file holds", async () => {
    const file = await writeConfig(goodConfig);
    const check = await runInProcess(["config", "check", "--config", file], goodEnv);
    expect(check).toEqual({
      code: 0,
      stdout: `${file} is right: A site, source cms, 2 destinations, 1 edge, 0 schedules\n`,
      stderr: "",
    });
    const { stdout } = await runInProcess(["config", "check", "--json"], {
      ...goodEnv,
      OCW_ENGINE_CONFIG: file,
    });
    expect(JSON.parse(stdout)).toEqual({
      file,
      site: "A site",
      source: "cms",
      destinations: 2,
      edges: 1,
      schedules: 0,
    });
  });

  test("says what is wrong with a bad one", async () => {
    const file = await writeConfig(goodConfig.replace("name: A site", "name: 5"));
    const { code, stdout, stderr } = await runInProcess(["config", "check", "--config", file], {});
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr.replaceAll(file, "site.yaml").trim().split("\n")).toEqual([
      "ocw-engine: the configuration has 5 faults:",
      "  site.yaml:2:9: site.name: expected text, found 5",
      "  site.yaml:9:13: source.password: the environment variable CMS_PASSWORD is not set",
      "  site.yaml:11:58: destinations.staging.port: the environment variable STAGING_PORT is not set",
      "  site.yaml:11:84: destinations.staging.isSlow: the environment variable IS_SLOW is not set",
      "  site.yaml:14:61: edges.cdn.token: the environment variable CDN_TOKEN is not set",
    ]);
  });

  test("with --json gives the error as JSON, with --debug its causes", async () => {
    const file = `${await makeFolder()}/none.yaml`;
    const { code, stderr } = await runInProcess(["config", "check", "--config", file, "--json"]);
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toEqual({
      error: { code: "invalid-config", message: `cannot read the configuration ${file} (ENOENT)` },
    });
    const debug = await runInProcess(["config", "check", "--config", file, "--debug"]);
    expect(debug.stderr).toMatch(/Error: ENOENT: no such file.*\n +at /);
  });
});

describe("without a daemon", () => {
  test("a command that needs one says how to start it", async () => {
    // Nothing listens on the port that every system keeps free.
    const file = await writeConfig(`${goodConfig}api: {port: 1}\n`);
    const { code, stdout, stderr } = await runInProcess(["status", "--config", file]);
    expect([code, stdout, stderr]).toEqual([
      5,
      "",
      "ocw-engine: no daemon answers at http://127.0.0.1:1; start it with: ocw-engine serve --config FILE\n",
    ]);
  });

  test.each([["plan", "/courses/one"], ["doctor"], ["token", "create", "ann", "--role", "viewer"]])(
    "%s opens the engine itself",
    async (...argv) => {
      const file = await writeConfig(`${goodConfig}api: {port: 1}\n`);
      const { code, stderr } = await runInProcess([...argv, "--config", file], goodEnv);
      expect([code, stderr]).toEqual([4, "ocw-engine: somebody else holds the state\n"]);
    },
  );
});
