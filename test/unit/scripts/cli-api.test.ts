import { describe, expect, test, vi } from "vitest";
import { startFakeApi } from "./fake-api.ts";
import { runInProcess } from "./run-bin.ts";
import { sampleRun, sampleStage, succeededRun } from "./sample-run.ts";

const viewOf = (id: string, state: string) => ({
  module: { id, kind: "course", title: "One \u001b[31mcourse", state },
  live: [
    {
      destination: "staging",
      release: 7,
      run: 12,
      at: "2026-01-01T00:00:00.000Z",
      by: "ann",
      place: "staging",
    },
  ],
  newest: 8,
  open: [],
});

describe("runs", () => {
  test("a publish is asked for, followed to its end and summed up", async () => {
    const { asked, env } = await startFakeApi({
      "POST /api/runs": [{ status: 202, body: sampleRun() }],
      "GET /api/runs/12": [
        { body: sampleRun({ state: "running", stages: [sampleStage({ state: "running" })] }) },
        { body: succeededRun },
      ],
    });
    const { code, stdout, stderr } = await runInProcess(["publish", "/courses/one"], env);
    expect(stderr.split("\n")).toEqual([
      "run 12: publish /courses/one to staging",
      "  crawl     succeeded  30  1.3 MB  2.5 s",
      "",
    ]);
    expect(stdout).toBe(
      "run 12: publish /courses/one to staging succeeded in 12 s, release 7; " +
        "staging 2 puts, 1 removal, 1.5 kB\n",
    );
    expect(code).toBe(0);
    expect(asked.slice(0, 2)).toEqual([
      { line: "GET /healthz", token: undefined },
      { line: "POST /api/runs", token: "Bearer t", body: { kind: "publish", module: "/courses/one" } },
    ]);
  });

  test.each([
    [{ state: "failed", error: { code: "unavailable", message: "the CMS is down" } }, 5],
    [{ state: "failed", error: { code: "corrupt", message: "digests differ" } }, 6],
    [{ state: "cancelled" }, 130],
    [{ state: "partly" }, 1],
  ])("one that ends %j is told by the exit code", async (end, expected) => {
    const { env } = await startFakeApi({ "POST /api/runs": [{ body: sampleRun(end) }] });
    const { code, stdout } = await runInProcess(["promote", "/courses/one"], env);
    expect(code).toBe(expected);
    expect(stdout).toContain(`to staging ${end.state}`);
    if ("error" in end) expect(stdout).toContain(`(${end.error.code}): ${end.error.message}`);
  });

  test("a check of links is asked for, and said to go nowhere", async () => {
    const checked = sampleRun({ kind: "check-links", state: "succeeded" });
    const { env, asked } = await startFakeApi({ "POST /api/runs": [{ body: checked }] });
    const { code, stdout } = await runInProcess(["check-links", "/courses/one"], env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^run 12: check links of \/courses\/one succeeded/);
    expect(asked.at(-1)?.body).toEqual({ kind: "check-links", module: "/courses/one" });
  });

  test("one that waits for approval says how to approve it, and approving follows it", async () => {
    const stages = [sampleStage({ name: "guard", state: "failed", note: "9 of 10 paths would go" })];
    const { env, asked } = await startFakeApi({
      "POST /api/runs": [{ body: sampleRun({ state: "waiting-approval", stages }) }],
      "POST /api/runs/12/approve": [{ body: succeededRun }],
    });
    const waiting = await runInProcess(
      ["rollback", "/courses/one", "--place", "production", "--to", "3"],
      env,
    );
    expect(waiting.code).toBe(7);
    expect(waiting.stdout).toContain(
      "waits for approval (9 of 10 paths would go); look at it and let it go on with: ocw-engine approve 12",
    );
    expect(asked.at(-1)?.body).toEqual({
      kind: "rollback",
      module: "/courses/one",
      place: "production",
      release: 3,
    });
    expect((await runInProcess(["approve", "12"], env)).code).toBe(0);
  });

  test("--all publishes what the CMS neither withdrew nor keeps back; --json gives the runs", async () => {
    const { env, asked } = await startFakeApi({
      "GET /api/modules": [
        {
          body: {
            modules: [
              viewOf("/courses/one", "staged"),
              viewOf("/courses/two", "withdrawn"),
              viewOf("/courses/three", "in-process"),
            ],
          },
        },
      ],
      "POST /api/runs": [{ body: succeededRun }],
    });
    const { code, stdout } = await runInProcess(["publish", "--all", "--json"], env);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual([succeededRun]);
    expect(asked.filter(({ body }) => body !== undefined)).toHaveLength(1);
  });
});

describe("a run that is watched", () => {
  test("goes on when the watcher stops watching", async () => {
    const { env, asked } = await startFakeApi({
      "POST /api/runs": [{ body: sampleRun() }],
      "GET /api/runs/12": [{ body: sampleRun() }],
    });
    const stop = new AbortController();
    const watching = runInProcess(["publish", "/courses/one"], env, { signal: stop.signal });
    await vi.waitUntil(() => asked.some(({ line }) => line === "GET /api/runs/12"));
    stop.abort();
    const { code, stderr } = await watching;
    expect(code).toBe(130);
    expect(stderr).toMatch(/stopped watching; run 12 goes on|cancelled/);
    expect(asked.map(({ line }) => line).filter((line) => line.includes("cancel"))).toEqual([]);
  });
});

describe("views", () => {
  test("plan shows a tree per destination", async () => {
    const put = (path: string, reason: string, more = {}) => {
      const line = { destination: "staging", kind: "put", owner: "/courses/one", wave: "pages", path };
      return { ...line, reason, sizeBytes: 1500, ...more };
    };
    const { env } = await startFakeApi({
      "POST /api/runs": [{ body: { ...succeededRun, kind: "plan" } }],
      "GET /api/runs/12/plan?limit=10000": [
        {
          body: {
            changes: [
              put("/courses/one/index.htm", "content", { sizeBytesBefore: 3 }),
              put("/courses/one/unit/index.htm", "missing"),
            ],
            more: false,
          },
        },
      ],
    });
    const { code, stdout } = await runInProcess(["plan", "/courses/one"], env);
    expect(stdout.split("\n")).toEqual([
      "staging: 2 to put, 1 to remove, 4 unchanged",
      "/courses/one/  +1 ~1 3.0 kB",
      "  unit/  +1 1.5 kB",
      "    + index.htm  1.5 kB  missing",
      "  ~ index.htm  1.5 kB  content",
      "… and 1 more",
      "",
      "run 12: plan of /courses/one to staging succeeded in 12 s, release 7; " +
        "staging 2 puts, 1 removal, 1.5 kB",
      "",
    ]);
    expect(code).toBe(0);
  });

  test("modules are a table in which no title can play tricks", async () => {
    const { env } = await startFakeApi({
      "GET /api/modules": [{ body: { modules: [viewOf("/courses/one", "staged")] } }],
    });
    expect((await runInProcess(["modules"], env)).stdout.split("\n")).toEqual([
      "module        kind    state   newest  staging  production  mirror  runs  title",
      "/courses/one  course  staged  8       7        -           -             One \ufffd[31mcourse",
      "",
    ]);
  });

  test("status tells of the daemon and its runs", async () => {
    const { env } = await startFakeApi({ "GET /api/runs?limit=20": [{ body: { runs: [succeededRun] } }] });
    const { stdout } = await runInProcess(["status"], env);
    expect(stdout).toMatch(/^ocw-engine 0\.1\.0: ok, up .*, 0 running, 1 queued, 2 purges owed\n\nrun +kind/);
    expect(stdout).toMatch(/^12 +publish +\/courses\/one +staging +succeeded .* 12 s +ann$/m);
  });

  test("doctor says what to do, and fails when a check failed", async () => {
    const report = {
      subject: "destination staging",
      checks: [
        { name: "reachable", ok: true, detail: "answers" },
        {
          name: "host key",
          ok: false,
          detail: "has changed",
          code: "unauthorized",
          advice: "ask its operator",
        },
      ],
      weaker: ["promise 3: renames are not atomic here"],
    };
    const { env } = await startFakeApi({ "GET /api/doctor": [{ body: { reports: [report] } }] });
    const { code, stdout } = await runInProcess(["doctor"], env);
    expect(stdout.split("\n")).toEqual([
      "destination staging",
      "  ok      reachable  answers",
      "  FAILED  host key   has changed",
      "          do: ask its operator",
      "  weaker  promise 3: renames are not atomic here",
      "1 check failed",
      "",
    ]);
    expect(code).toBe(3);
  });
});

describe("an API that refuses or lies", () => {
  test.each([
    [{ status: 401, body: { title: "who are you?", status: 401, code: "unauthorized" } }, 3, "who are you?"],
    [{ status: 409, body: { title: "x", detail: "held by run 3", code: "conflict" } }, 4, "held by run 3"],
    [{ status: 503, body: "<h1>down</h1>", type: "text/html" }, 5, "status 503"],
    [{ body: "<h1>hello</h1>" }, 6, "is it ocw-engine?"],
    [{ body: { modules: [{ module: {} }] } }, 6, "is not of the form expected: modules.0.module.id"],
    [{ body: { modules: [viewOf("/courses/../one", "staged")] } }, 6, "unsafe path"],
  ])("%#", async (answer, expected, message) => {
    const { env } = await startFakeApi({ "GET /api/modules": [answer] });
    const { code, stdout, stderr } = await runInProcess(["modules"], env);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([expected, ""]);
  });

  test("without a token the place to get one is named", async () => {
    const { env } = await startFakeApi({});
    const { OCW_ENGINE_TOKEN, ...without } = env;
    const { code, stderr } = await runInProcess(["modules"], without);
    expect([code, stderr]).toEqual([
      3,
      `ocw-engine: no token: set OCW_ENGINE_TOKEN, or run as the user who owns /var/lib/site/cli-token\n`,
    ]);
    expect(OCW_ENGINE_TOKEN).toBe("t");
  });
});
