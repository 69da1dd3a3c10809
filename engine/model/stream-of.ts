/** An array as a stream. */
export async function* streamOf<T>(elements: Iterable<T>): AsyncGenerator<T> {
  yield* elements;
}
