/**
 * Works on several elements at a time and yields the results as they come. After a failure nothing new is
 * begun; what was begun is waited for, then the first failure is thrown.
 */
export async function* mapConcurrently<Element, Result>(
  source: AsyncIterable<Element> | Iterable<Element>,
  countMax: number,
  work: (element: Element) => Promise<Result>,
): AsyncGenerator<Result> {
  const ended: ({ readonly result: Result } | { readonly error: unknown })[] = [];
  const running = new Set<Promise<void>>();
  let wake = Promise.withResolvers<void>();
  const begin = (element: Element) => {
    const task = work(element)
      .then(
        (result) => ended.push({ result }),
        (error: unknown) => ended.push({ error }),
      )
      .then(() => {
        running.delete(task);
        wake.resolve();
      });
    running.add(task);
  };
  async function* drain(runningMax: number): AsyncGenerator<Result> {
    while (ended.length > 0 || running.size > runningMax) {
      const outcome = ended.shift();
      if (outcome === undefined) {
        await wake.promise;
        wake = Promise.withResolvers();
      } else if ("error" in outcome) throw outcome.error;
      else yield outcome.result;
    }
  }
  try {
    for await (const element of source) {
      begin(element);
      yield* drain(countMax - 1);
    }
    yield* drain(0);
  } finally {
    await Promise.all(running);
  }
}

/** Works on several elements at a time; ends as `mapConcurrently` does. */
export async function eachConcurrently<Element>(
  source: AsyncIterable<Element> | Iterable<Element>,
  countMax: number,
  work: (element: Element) => Promise<void>,
): Promise<void> {
  const results = mapConcurrently(source, countMax, work);
  while (!(await results.next()).done);
}
