import { afterAll, beforeAll, expect, test } from "vitest";
import { digestOf } from "../../../../engine/model/digest.ts";
import { type ServedEngine, serveEngine } from "./call-api.ts";
import { tokens } from "./memory-service.ts";

const drive = { sizeBytes: 64_000_000, fileSystem: "fat32", without: ["video"], priority: ["/courses/a"] };
const file = `/api/runs/1/drive/${digestOf("lecture")}`;
let engine: ServedEngine;

beforeAll(async () => {
  engine = await serveEngine();
});
afterAll(() => engine.server.close());

test("an operator asks what fits, and for a run that composes it", async () => {
  const plan = await engine.call("POST", "/api/drive-plans", tokens.operator, drive);
  expect([plan.status, await plan.json()]).toEqual([200, expect.objectContaining({ request: drive })]);
  const run = await engine.call("POST", "/api/runs", tokens.operator, {
    kind: "drive",
    drive,
  });
  expect([run.status, await run.json()]).toEqual([202, expect.objectContaining({ kind: "drive", drive })]);
});

test.each([
  [{ ...drive, sizeBytes: "64G" }, "body.sizeBytes"],
  [{ ...drive, fileSystem: "minix" }, "body.fileSystem"],
  [{ ...drive, priority: ["courses"] }, "body.priority.0"],
  [{ ...drive, more: true }, "more"],
])("what is no wish is refused: %j", async (wish, where) => {
  const answer = await engine.call("POST", "/api/drive-plans", tokens.operator, wish);
  expect([answer.status, await answer.json()]).toEqual([
    422,
    expect.objectContaining({ detail: expect.stringContaining(where) }),
  ]);
});

test("nobody below an operator reads a file of a drive", async () => {
  expect((await engine.call("GET", file)).status).toBe(401);
  expect((await engine.call("GET", file, tokens.publisher)).status).toBe(403);
});

test("a file is streamed, from a byte on where one is named; no other blob is", async () => {
  const read = async (path: string, range?: string) => {
    const headers = { authorization: `Bearer ${tokens.operator}`, ...(range === undefined ? {} : { range }) };
    const answer = await fetch(engine.server.url + path, { headers });
    const { status } = answer;
    return [status, answer.headers.get("content-range"), status < 300 ? await answer.text() : ""];
  };
  expect(await read(file)).toEqual([200, null, "lecture"]);
  expect(await read(file, "bytes=3-")).toEqual([206, "bytes 3-6/7", "ture"]);
  expect(await read(file, "bytes=3-4")).toEqual([416, null, ""]);
  expect(await read(`/api/runs/1/drive/${digestOf("secret")}`)).toEqual([404, null, ""]);
  expect(await read("/api/runs/1/drive/..%2f..%2fetc")).toEqual([404, null, ""]);
});
