import { loadConfig } from "../../config/load.ts";
import { keepCliToken } from "../lib/cli-token.ts";
import { type CommandContext, configFileOf } from "../lib/command-context.ts";

/** Runs the daemon until it is told to stop; what runs then comes to a safe stop first. */
export async function serve(context: CommandContext): Promise<number> {
  const { registry, openEngine } = context.composition;
  const config = await loadConfig(configFileOf(context), { registry, env: context.env });
  const engine = await openEngine(config);
  try {
    await keepCliToken(config.state, engine.service);
    await engine.serve(context.signal, (url) => context.terminal.note(`listening on ${url}`));
  } finally {
    await engine.close();
  }
  return 0;
}
