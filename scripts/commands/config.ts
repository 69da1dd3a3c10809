import { configJsonSchema } from "../../config/json-schema.ts";
import { type CommandContext, printResult, readConfig } from "../lib/command-context.ts";
import { formatCount } from "../lib/format-amount.ts";

/** Checks the configuration with all that it refers to; it opens no connection and no state. */
export async function checkConfig(context: CommandContext): Promise<number> {
  const { file, site, source, destinations, edges } = await readConfig(context);
  const counts = {
    destinations: destinations.length,
    edges: edges.length,
    schedules: site.schedules.length,
  };
  const parts = [
    `source ${source.type}`,
    formatCount(counts.destinations, "destination"),
    formatCount(counts.edges, "edge"),
    formatCount(counts.schedules, "schedule"),
  ];
  printResult(context, { file, site: site.name, source: source.type, ...counts }, [
    `${file} is right: ${site.name}, ${parts.join(", ")}`,
  ]);
  return 0;
}

/** Prints the JSON Schema of the configuration, for editors. */
export function printConfigSchema({ composition, terminal }: CommandContext): number {
  terminal.print(JSON.stringify(configJsonSchema(composition.registry), null, 2));
  return 0;
}
