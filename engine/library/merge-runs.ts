/** Texts of whole lines "term postings", sorted by term, each term once. Other lines are passed over. */
export type Run = AsyncIterable<string>;

/** What one of several runs says of a term. */
export interface Part {
  /** The index of the run. */
  readonly run: number;
  readonly postings: string;
}

const batchLines = 500;
const termLine = /^[^`(\s]+ /;

/** The lines of a text that begin with a term. */
export function* termLines(text: string): Generator<string> {
  for (let at = 0, end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", at)) {
    const line = text.slice(at, end);
    at = end + 1;
    if (termLine.test(line)) yield line;
  }
}

/** Bytes as texts of whole lines. */
export async function* readRun(bytes: AsyncIterable<Uint8Array>): Run {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of bytes) {
    const text = rest + decoder.decode(chunk, { stream: true });
    const end = text.lastIndexOf("\n") + 1;
    rest = text.slice(end);
    yield text.slice(0, end);
  }
}

interface Cursor {
  readonly run: number;
  readonly texts: AsyncIterator<string>;
  lines: Iterator<string>;
  term: string;
  postings: string;
}

/** Merges runs by term, holding one text of each. `combine` makes the line of a term. */
export async function* mergeRuns(
  runs: readonly Run[],
  combine: (term: string, parts: readonly Part[]) => string,
): Run {
  const cursors: Cursor[] = runs.map((texts, run) => {
    return { run, texts: texts[Symbol.asyncIterator](), lines: termLines(""), term: "", postings: "" };
  });
  // The one with the least term is the last.
  const waiting: Cursor[] = [];
  try {
    for (const cursor of cursors) if (await step(cursor)) insert(cursor, waiting);
    let lines: string[] = [];
    for (let term = waiting.at(-1)?.term; term !== undefined; term = waiting.at(-1)?.term) {
      const parts = waiting.splice(waiting.findLastIndex((cursor) => cursor.term !== term) + 1);
      if (lines.push(`${combine(term, parts)}\n`) >= batchLines) {
        yield lines.join("");
        lines = [];
      }
      for (const cursor of parts) if (nextLine(cursor) || (await step(cursor))) insert(cursor, waiting);
    }
    yield lines.join("");
  } finally {
    for (const { texts } of cursors) await texts.return?.();
  }
}

function insert(cursor: Cursor, waiting: Cursor[]): void {
  let [low, high] = [0, waiting.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((waiting[middle]?.term ?? "") > cursor.term) low = middle + 1;
    else high = middle;
  }
  waiting.splice(low, 0, cursor);
}

/** Goes on to the next line of the text; false if there is none. */
function nextLine(cursor: Cursor): boolean {
  const { done, value } = cursor.lines.next();
  if (done === true) return false;
  const space = value.indexOf(" ");
  cursor.term = value.slice(0, space);
  cursor.postings = value.slice(space + 1);
  return true;
}

/** Goes on to the next line; false at the end. */
async function step(cursor: Cursor): Promise<boolean> {
  while (!nextLine(cursor)) {
    const { done, value } = await cursor.texts.next();
    if (done === true) return false;
    cursor.lines = termLines(value);
  }
  return true;
}
