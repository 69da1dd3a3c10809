import { z } from "zod";
import type { CrawlFinding, CrawlSection } from "../../engine/model/crawl-details.ts";
import { crawlRowSchemas } from "./crawl-answers.ts";

/** The findings of a section as lines of CSV (RFC 4180), the first of which names the columns. */
export async function* crawlCsv(
  section: CrawlSection,
  findings: AsyncIterable<CrawlFinding>,
): AsyncGenerator<string> {
  const schema: z.ZodObject = crawlRowSchemas[section];
  const columns = Object.keys(schema.shape);
  yield csvLine(columns);
  for await (const { row } of findings) {
    const cells = z.encode(schema, { ...row });
    yield csvLine(columns.map((column) => cells[column] ?? ""));
  }
}

function csvLine(cells: readonly unknown[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(value: unknown): string {
  // A spreadsheet takes text that begins so for a formula, and runs it for whoever opens the file.
  const text = String(value).replace(/^[=+\-@\t\r\n]/, "'$&");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
