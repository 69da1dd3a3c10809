/** An array as a stream. */
export async function* streamOf<T>(elements: Iterable<T>): AsyncGenerator<T> {
  yield* elements;
}

/** How many changes travel in one stride: bounds memory, and the journal's transactions. */
export const strideCountMax = 1000;
