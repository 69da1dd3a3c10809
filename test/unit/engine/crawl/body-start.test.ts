import { describe, expect, it } from "vitest";
import { takeStart } from "../../../../engine/ports/body-start.ts";

/** A body of pieces that then breaks, if it is told how, and notes whether it was let go of. */
function bodyOf(pieces: readonly string[], failure?: Error) {
  const seen = { read: 0, isLeft: false };
  async function* body() {
    try {
      for (const piece of pieces) {
        seen.read++;
        yield Buffer.from(piece);
      }
      if (failure !== undefined) throw failure;
    } finally {
      seen.isLeft = true;
    }
  }
  return { body: body(), seen };
}

const textOf = async (body: AsyncIterable<Uint8Array>): Promise<string> =>
  Buffer.concat(await Array.fromAsync(body)).toString();

describe("the start of a body", () => {
  it.each([0, 1, 3, 5, 100])("is at most %i bytes, and the whole is still to be read", async (size) => {
    const { body } = bodyOf(["abc", "", "defg"]);
    const started = await takeStart(body, size);
    expect(Buffer.from(started.start).toString()).toBe("abcdefg".slice(0, size));
    expect(await textOf(started.body)).toBe("abcdefg");
  });

  it("takes no more of the body than it needs", async () => {
    const { body, seen } = bodyOf(["abc", "def", "ghi"]);
    const { drop } = await takeStart(body, 4);
    expect(seen).toEqual({ read: 2, isLeft: false });
    await drop();
    expect(seen.isLeft).toBe(true);
  });

  it("can be judged though the body breaks, which its reader learns", async () => {
    const failure = new Error("broken");
    const early = await takeStart(bodyOf(["abc"], failure).body, 10);
    expect(Buffer.from(early.start).toString()).toBe("abc");
    await expect(textOf(early.body)).rejects.toBe(failure);
    const late = await takeStart(bodyOf(["abc"], failure).body, 2);
    await expect(textOf(late.body)).rejects.toBe(failure);
  });

  it("lets go of the body when its reader stops", async () => {
    const { body, seen } = bodyOf(["abc", "def"]);
    for await (const piece of (await takeStart(body, 1)).body) {
      expect(piece.byteLength).toBe(3);
      break;
    }
    expect(seen.isLeft).toBe(true);
  });
});
