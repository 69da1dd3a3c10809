import { styleText } from "node:util";
import { printable, shorten } from "./printable.ts";

/** How wide a text may be, and whether it may have colours. */
export interface TextLook {
  readonly width: number;
  readonly color: boolean;
}

const gap = "  ";
const lastWidthMin = 8;

/**
 * Lines of a table: columns as wide as their widest cell. Where that is too wide the last column is cut, and
 * no other: paths are there to be copied. Cells of others are made printable.
 */
export function formatTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  { width, color }: TextLook,
): string[] {
  const cells = rows.map((row) => row.map(printable));
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const last = widths.pop() ?? 0;
  const taken = widths.reduce((sum, each) => sum + each + gap.length, 0);
  widths.push(Math.min(last, Math.max(lastWidthMin, width - taken)));
  const line = (row: readonly string[]) =>
    widths
      .map((each, column) => shorten(row[column] ?? "", each).padEnd(each))
      .join(gap)
      .trimEnd();
  const head = line(heads);
  return [color ? styleText("bold", head, { validateStream: false }) : head, ...cells.map(line)];
}
