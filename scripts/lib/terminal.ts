import type { TextLook } from "./format-table.ts";

/** Where a command writes: results to one stream, progress and errors to the other. */
export interface Terminal extends TextLook {
  /** True when progress may be drawn over itself. */
  readonly isLive: boolean;
  /** A line of the result. */
  print(line: string): void;
  /** A line of progress that stays. */
  note(line: string): void;
  /** The line of progress that the next one replaces; drawn only when live. */
  draw(line: string): void;
}

/** What a terminal needs of a stream of the process. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const eraseLine = "\r\u001b[2K";

/** A terminal on two streams. Colours obey NO_COLOR (https://no-color.org) and are for terminals only. */
export function makeTerminal(
  result: Output,
  progress: Output,
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const isLive = progress.isTTY === true;
  let isDrawn = false;
  const erase = () => {
    if (isDrawn) progress.write(eraseLine);
    isDrawn = false;
  };
  return {
    // In a file or a pipe nothing is cut.
    width: result.isTTY === true ? Math.max(40, result.columns ?? 80) : Number.POSITIVE_INFINITY,
    color: result.isTTY === true && (env.NO_COLOR ?? "") === "",
    isLive,
    print(line) {
      erase();
      result.write(`${line}\n`);
    },
    note(line) {
      erase();
      progress.write(`${line}\n`);
    },
    draw(line) {
      if (!isLive) return;
      erase();
      progress.write(line);
      isDrawn = true;
    },
  };
}
