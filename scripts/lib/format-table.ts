import { styleText } from "node:util";
import { printable, shorten } from "./printable.ts";

/** How wide a text may be, and whether it may have colours. */
export interface TextLook {
  readonly width: number;
  readonly color: boolean;
}

const gap = "  ";
const columnWidthMin = 8;

/**
 * Lines of a table: columns as wide as their widest cell, the widest one cut where the line would be too long.
 * Cells of others are made printable.
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
  const total = () => widths.reduce((sum, each) => sum + each, 0) + gap.length * (widths.length - 1);
  while (total() > width) {
    const widest = Math.max(...widths);
    if (widest <= columnWidthMin) break;
    widths[widths.indexOf(widest)] = Math.max(columnWidthMin, widest - (total() - width));
  }
  const line = (row: readonly string[]) =>
    widths
      .map((each, column) => shorten(row[column] ?? "", each).padEnd(each))
      .join(gap)
      .trimEnd();
  const head = line(heads);
  return [color ? styleText("bold", head, { validateStream: false }) : head, ...cells.map(line)];
}
