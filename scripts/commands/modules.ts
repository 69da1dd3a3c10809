import { places } from "../../engine/model/run.ts";
import type { ApiClient } from "../lib/api-client.ts";
import { type CommandContext, connect, printResult } from "../lib/command-context.ts";
import { formatTable } from "../lib/format-table.ts";

type View = Awaited<ReturnType<ApiClient["modules"]>>[number];

/** Shows every module: its state in the CMS, and which release is live where. */
export async function modules(context: CommandContext): Promise<number> {
  const views = await (await connect(context)).modules();
  const heads = ["module", "kind", "state", "newest", ...places, "runs", "title"];
  printResult(context, views, formatTable(heads, views.map(rowOf), context.terminal));
  return 0;
}

function rowOf({ module, live, newest, open }: View): string[] {
  const releases = places.map((place) => {
    const here = new Set(live.filter((each) => each.place === place).map(({ release }) => release));
    return here.size === 0 ? "-" : [...here].join(",");
  });
  const runs = open.map(({ id, state }) => `${id} ${state}`).join(", ");
  return [module.id, module.kind, module.state, String(newest ?? "-"), ...releases, runs, module.title];
}
