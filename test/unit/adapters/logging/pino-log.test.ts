import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pinoLog } from "../../../../adapters/logging/pino-log.ts";
import { PublishError } from "../../../../engine/errors/publish-error.ts";
import { secret } from "../../../../engine/model/secret.ts";

const hidden = "hunter2-correct-horse";

function record(level: "debug" | "info" = "info") {
  const lines: string[] = [];
  const log = pinoLog({ level, destination: { write: (line) => lines.push(line) } });
  return { log, lines };
}

describe("the log", () => {
  it("writes one JSON object per line, with level, time, message and fields", () => {
    const { log, lines } = record();
    log.with({ run: 7 }).info("run\nstarted", { module: "/courses/x", at: new Date(0) });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[^\n]+\n$/);
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      run: 7,
      module: "/courses/x",
      at: "1970-01-01T00:00:00.000Z",
      msg: "run\nstarted",
    });
  });

  it("keeps quiet below its level", () => {
    const { log, lines } = record();
    log.debug("nobody asked");
    expect(lines).toEqual([]);
  });

  it("says what failed, with every cause", () => {
    const { log, lines } = record();
    const socket = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    log.error("run failed", { cause: new PublishError("unavailable", "cms is away", { cause: socket }) });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      level: "error",
      cause: { code: "unavailable", message: "cms is away", cause: { code: "ECONNREFUSED" } },
    });
  });

  it("survives cycles, big integers, deep nests and bytes", () => {
    const { log, lines } = record();
    const round: Record<string, unknown> = { size: 5n, bytes: new Uint8Array(3) };
    round.self = round;
    log.info("odd", round);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ size: "5", bytes: "[3 bytes]", self: "[circular]" });
  });

  it("promise 12: no secret gets into the log, whether wrapped, named, within a text or in a cause", () => {
    const { log, lines } = record("debug");
    const failed = new Error(`401 for https://engine:${hidden}@cms.example.edu/`, {
      cause: Object.assign(new Error(`sent authorization: Bearer ${hidden}`), {
        request: { headers: { cookie: hidden } },
      }),
    });
    log.info("login", { wrapped: secret(hidden), nest: [{ deep: { Password: hidden } }] });
    log.with({ sessionToken: hidden }).warn(`Authorization: Basic ${hidden}`, { "set-cookie": [hidden] });
    log.error("failed", { cause: failed, purge: { client_secret: hidden, apiKey: hidden } });
    log.debug("headers", { headers: new Map([["cookie", hidden]]) });
    expect(lines).toHaveLength(4);
    expect(lines.join("")).not.toContain(hidden);
    expect(lines.join("")).toContain("[secret]");
  });

  it("promise 12: no secret gets into the log from anywhere in a random structure", () => {
    const names = fc.constantFrom(
      "password",
      "token",
      "Authorization",
      "cookie",
      "clientSecret",
      "auth_token",
    );
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 8 },
        fc.dictionary(names, fc.constant(hidden), { minKeys: 1 }),
        fc.dictionary(fc.string(), tie("tree")),
        fc.array(tie("tree")),
        fc.constant(secret(hidden)),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const { log, lines } = record();
        log.info("anything", { value });
        expect(lines[0]).toBeDefined();
        expect(lines[0]).not.toContain(hidden);
      }),
    );
  });
});
