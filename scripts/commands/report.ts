import { PublishError } from "../../engine/errors/publish-error.ts";
import type { CrawlSection } from "../../engine/model/crawl-details.ts";
import { type CommandContext, connect, printResult } from "../lib/command-context.ts";
import { formatCrawl } from "../lib/format-crawl.ts";

/** How a report may be told. */
export const reportFormats = ["table", "json", "csv"] as const;
export type ReportFormat = (typeof reportFormats)[number];

// All sections together are to be looked over; one alone is shown with all that the API gives.
const rowsOfEachMax = 10;

/** Shows what the crawl of a run found: all of it in short, or one section in full. */
export async function reportCrawl(
  context: CommandContext,
  run: number,
  section: CrawlSection | undefined,
  format: ReportFormat,
): Promise<number> {
  const { json, terminal } = context;
  if (format === "csv" && section === undefined)
    throw new PublishError("invalid-config", "a CSV holds one section: name it with --section");
  const engine = await connect(context);
  if (format === "csv" && section !== undefined) {
    // The terminal ends its line, of which the CSV has the first half.
    terminal.print((await engine.crawlCsv(run, section)).replace(/\n$/, ""));
    return 0;
  }
  const details = await engine.crawlReport(run, section);
  const rowsMax = section === undefined ? rowsOfEachMax : Number.POSITIVE_INFINITY;
  const lines = formatCrawl(details, rowsMax, terminal);
  printResult({ ...context, json: json || format === "json" }, details, lines);
  return 0;
}
