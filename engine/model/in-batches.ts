/**
 * Cuts a stream into arrays, each ended by the element that fills it up to `weightMax`. Every element weighs
 * 1 unless it is told otherwise.
 */
export async function* inBatches<Element>(
  source: AsyncIterable<Element> | Iterable<Element>,
  weightMax: number,
  weightOf: (element: Element) => number = () => 1,
): AsyncGenerator<Element[]> {
  let batch: Element[] = [];
  let weight = 0;
  for await (const element of source) {
    batch.push(element);
    weight += weightOf(element);
    if (weight < weightMax) continue;
    yield batch;
    batch = [];
    weight = 0;
  }
  if (batch.length > 0) yield batch;
}
