import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../../adapters/clock/system-clock.ts";
import { followEvents } from "../../../../adapters/status/follow-events.ts";
import type { Clock } from "../../../../engine/ports/context.ts";
import { type ServedEngine, serveEngine } from "./call-api.ts";
import { began, course, memoryService, tokens } from "./memory-service.ts";

const physics = course("/courses/physics/8-01", "Classical Mechanics");
const cause = { by: "paul", via: "api" } as const;
let engine: ServedEngine;

beforeEach(async () => {
  engine = await serveEngine();
  engine.service.put(physics);
});
afterEach(async () => {
  await engine.server.close();
  // That somebody leaves is nothing to tell anyone.
  expect(engine.lines.filter((line) => !line.includes('"level":"debug"'))).toEqual([]);
});

/** Follows events; `next` resolves with the coming one, or undefined at the end of the stream. */
async function follow(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(engine.server.url + path, {
    headers: { Authorization: `Bearer ${tokens.viewer}`, ...headers },
  });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    async next(): Promise<{ id: number; text: string } | undefined> {
      for (;;) {
        const [block, rest] = text.split("\n\n", 2);
        if (block !== undefined && rest !== undefined) {
          text = text.slice(block.length + 2);
          const match = /^id: (\d+)\ndata: (.*)$/.exec(block);
          if (match === null) continue;
          return { id: Number(match[1]), text: JSON.parse(match[2] ?? "").text };
        }
        const chunk = await reader?.read();
        if (chunk === undefined || chunk.done) return undefined;
        text += chunk.value;
      }
    },
    leave: () => reader?.cancel(),
  };
}

describe("the event stream", () => {
  it("tells a run from its beginning and as it goes on", async () => {
    const run = await engine.service.request({ kind: "publish", module: physics.id, cause });
    const other = await engine.service.request({ kind: "plan", module: physics.id, cause });
    const stream = await follow(`/api/events?run=${run.id}`);
    expect(await stream.next()).toMatchObject({ id: 1, text: expect.stringContaining("queued: publish") });
    engine.service.update(other.id, {}, "of the other run");
    engine.service.update(run.id, { state: "running" }, "line\nbreak");
    expect(await stream.next()).toEqual({ id: 4, text: "line\nbreak" });
    await stream.leave();
  });

  it("tells all runs from now on, and resumes after Last-Event-ID without a gap or an echo", async () => {
    const run = await engine.service.request({ kind: "publish", module: physics.id, cause });
    const stream = await follow("/api/events");
    engine.service.update(run.id, {}, "second");
    expect(await stream.next()).toEqual({ id: 2, text: "second" });
    await stream.leave();
    engine.service.update(run.id, {}, "third");
    engine.service.update(run.id, {}, "fourth");
    const resumed = await follow("/api/events", { "Last-Event-ID": "2" });
    expect(await resumed.next()).toEqual({ id: 3, text: "third" });
    expect(await resumed.next()).toEqual({ id: 4, text: "fourth" });
    engine.service.update(run.id, {}, "fifth");
    expect(await resumed.next()).toEqual({ id: 5, text: "fifth" });
    await resumed.leave();
  });

  it("ends when the server closes, and leaves no listener behind", async () => {
    const stream = await follow("/api/events");
    expect(engine.service.listeners.size).toBe(1);
    await engine.server.close();
    expect(await stream.next()).toBeUndefined();
    expect(engine.service.listeners.size).toBe(0);
    engine = await serveEngine();
  });

  it("and connections that ask for nothing do not keep the server from closing", async () => {
    const other = await serveEngine();
    const idler = connect(other.server.port, "127.0.0.1");
    await once(idler, "connect");
    // Answered after the idler's connection was taken.
    await (await fetch(`${other.server.url}/healthz`)).text();
    const hungUp = once(idler, "close");
    await other.server.close();
    idler.resume();
    await hungUp;
  });
});

describe("following events", () => {
  it("loses nothing to a reader slower than what happens", async () => {
    const service = memoryService();
    service.put(physics);
    const run = await service.request({ kind: "publish", module: physics.id, cause });
    const leaving = new AbortController();
    const events = followEvents(service, { after: 0 }, systemClock(), leaving.signal);
    const seen: number[] = [];
    const first = await events.next();
    if (typeof first.value === "object") seen.push(first.value.id);
    for (let count = 0; count < 2_000; count++) service.update(run.id, {}, `event ${count}`);
    while (seen.length < 2_001) {
      const { value } = await events.next();
      if (typeof value === "object") seen.push(value.id);
    }
    expect(seen).toEqual(Array.from({ length: 2_001 }, (_, index) => index + 1));
    leaving.abort();
    expect(await events.next()).toEqual({ done: true, value: undefined });
    expect(service.listeners.size).toBe(0);
  });

  it("says so when nothing happens, so that a dead connection is noticed", async () => {
    const clock: Clock = { now: () => began, wait: async () => {} };
    const events = followEvents(memoryService(), {}, clock, new AbortController().signal);
    expect(await events.next()).toEqual({ done: false, value: "quiet" });
    await events.return(undefined);
  });
});
