/** Cuts a stream into arrays of `countMax` elements, the last one perhaps shorter. */
export async function* inBatches<Element>(
  source: AsyncIterable<Element> | Iterable<Element>,
  countMax: number,
): AsyncGenerator<Element[]> {
  let batch: Element[] = [];
  for await (const element of source) {
    batch.push(element);
    if (batch.length < countMax) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
