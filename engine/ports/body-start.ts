/** A body whose first bytes were looked at. */
export interface StartedBody {
  /** The first bytes, as many as were asked for or as there are. */
  readonly start: Uint8Array;
  /** True if these are all, and the body did not break. */
  readonly isWhole: boolean;
  /** The whole body, from its first byte; may be read once. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets go of a body that nobody will read. */
  drop(): Promise<void>;
}

/**
 * Reads the first `sizeBytes` of a body so that they can be judged. Never rejects: a body that breaks in its
 * first bytes breaks at the same place when it is read.
 */
export async function takeStart(body: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<StartedBody> {
  const iterator = body[Symbol.asyncIterator]();
  const taken: Uint8Array[] = [];
  let size = 0;
  let end: { failure?: unknown } | undefined;
  while (size < sizeBytes && end === undefined) {
    try {
      const next = await iterator.next();
      if (next.done === true) end = {};
      else {
        taken.push(next.value);
        size += next.value.byteLength;
      }
    } catch (failure) {
      end = { failure };
    }
  }
  const drop = async (): Promise<void> => {
    await iterator.return?.();
  };
  async function* replay(): AsyncGenerator<Uint8Array> {
    try {
      yield* taken;
      if (end === undefined) yield* { [Symbol.asyncIterator]: () => iterator };
      else if ("failure" in end) throw end.failure;
    } finally {
      await drop();
    }
  }
  const [first] = taken;
  const start = taken.length === 1 && first !== undefined ? first : Buffer.concat(taken);
  const isWhole = end !== undefined && !("failure" in end) && size <= sizeBytes;
  return { start: start.subarray(0, sizeBytes), isWhole, body: replay(), drop };
}
