/** Tells what the demo does, and keeps the score of what the self-check found. */
export interface Narrator {
  act(title: string): void;
  say(text: string): void;
  /** A finding of the self-check: told, and counted against the exit code when it does not hold. */
  check(claim: string, holds: boolean, found?: string): void;
  readonly failures: readonly string[];
  readonly checked: number;
}

/** Makes a narrator that writes lines. */
export function createNarrator(write: (line: string) => void): Narrator {
  const startedAtMs = Date.now();
  const failures: string[] = [];
  let checked = 0;
  const seconds = () => ((Date.now() - startedAtMs) / 1000).toFixed(1).padStart(5);
  return {
    failures,
    get checked() {
      return checked;
    },
    act(title) {
      write(`\n── ${title}`);
    },
    say(text) {
      write(`${seconds()} s  ${text}`);
    },
    check(claim, holds, found = "") {
      checked++;
      if (!holds) failures.push(claim);
      const aside = found === "" ? "" : ` (${found})`;
      write(`${seconds()} s  ${holds ? "✓" : "✗ NOT SO:"} ${claim}${aside}`);
    },
  };
}
