import { exitCodeOf } from "../../engine/errors/exit-code.ts";
import type { Report } from "../../engine/ports/context.ts";
import { type CommandContext, printResult, withEngine } from "../lib/command-context.ts";
import { formatCount } from "../lib/format-amount.ts";
import { printable } from "../lib/printable.ts";

/** Probes CMS, destinations and CDN, by the daemon or alone. The first failed check makes the exit code. */
export async function doctor(context: CommandContext): Promise<number> {
  const reports = await withEngine(
    context,
    (engine) => engine.doctor(),
    (opened) => opened.service.doctor(),
  );
  const failures = reports.flatMap(({ checks }) => checks).filter(({ ok }) => !ok);
  const [first] = failures;
  const verdict = first === undefined ? "all is well" : `${formatCount(failures.length, "check")} failed`;
  printResult(context, reports, [...reports.flatMap(formatReport), verdict]);
  return first === undefined ? 0 : exitCodeOf(first.code ?? "bug");
}

function formatReport({ subject, checks, weaker }: Report): string[] {
  const nameLength = Math.max(0, ...checks.map(({ name }) => name.length));
  return [
    printable(subject),
    ...checks.flatMap(({ name, ok, detail, advice }) => [
      `  ${ok ? "ok    " : "FAILED"}  ${printable(name).padEnd(nameLength)}  ${printable(detail)}`.trimEnd(),
      ...(ok || advice === undefined ? [] : [`          do: ${printable(advice)}`]),
    ]),
    ...weaker.map((text) => `  weaker  ${printable(text)}`),
  ];
}
