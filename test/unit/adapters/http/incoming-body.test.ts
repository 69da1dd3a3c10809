import { describe, expect, it } from "vitest";
import { createIncomingBody } from "../../../../adapters/shared/http/incoming-body.ts";

/** A connection that writes down what it is told. */
function keptFlow() {
  const told: string[] = [];
  return {
    told,
    pause: () => void told.push("pause"),
    resume: () => void told.push("resume"),
    abort: () => void told.push("abort"),
  };
}

const mebibyte = 1_048_576;
const chunk = () => new Uint8Array(mebibyte / 4);

describe("an incoming body", () => {
  it("makes the connection wait a mebibyte ahead of the reader, until it has come after", async () => {
    const flow = keptFlow();
    const body = createIncomingBody(flow);
    for (let count = 1; count <= 4; count++) {
      expect(flow.told).toEqual([]);
      body.push(chunk());
    }
    expect(flow.told).toEqual(["pause"]);
    const chunks = body.chunks[Symbol.asyncIterator]();
    for (let count = 1; count <= 3; count++) await chunks.next();
    expect(flow.told).toEqual(["pause"]);
    await chunks.next();
    expect(flow.told).toEqual(["pause", "resume"]);
    body.push(chunk());
    body.end();
    expect(await chunks.next()).toMatchObject({ done: false });
    expect(await chunks.next()).toEqual({ done: true, value: undefined });
  });

  it("breaks where it broke, once all before was read", async () => {
    const body = createIncomingBody(keptFlow());
    body.push(chunk());
    body.end(new Error("cut off"));
    body.end();
    const chunks = body.chunks[Symbol.asyncIterator]();
    expect(await chunks.next()).toMatchObject({ done: false });
    await expect(chunks.next()).rejects.toThrowError("cut off");
  });

  it("wakes a reader who waits", async () => {
    const body = createIncomingBody(keptFlow());
    const chunks = body.chunks[Symbol.asyncIterator]();
    const next = chunks.next();
    body.push(new Uint8Array([7]));
    expect(await next).toEqual({ done: false, value: new Uint8Array([7]) });
    const last = chunks.next();
    body.end();
    expect(await last).toMatchObject({ done: true });
  });

  it("lets go of its connection when it is left, and only if more would come", () => {
    const [cut, whole] = [keptFlow(), keptFlow()];
    createIncomingBody(cut).leave();
    expect(cut.told).toEqual(["abort"]);
    const body = createIncomingBody(whole);
    body.end();
    body.leave();
    expect(whole.told).toEqual([]);
  });
});
