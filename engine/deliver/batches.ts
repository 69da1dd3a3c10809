/** A stream cut into arrays of at most `countMax`, so that work goes in strides without holding the whole. */
export async function* inBatches<T>(stream: AsyncIterable<T>, countMax: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const element of stream) {
    batch.push(element);
    if (batch.length < countMax) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** An array as a stream. */
export async function* streamOf<T>(elements: Iterable<T>): AsyncGenerator<T> {
  yield* elements;
}

/** How many changes travel in one stride: bounds memory, and the journal's transactions. */
export const strideCountMax = 1000;
