import { keepCliToken } from "../lib/cli-token.ts";
import { type CommandContext, readConfig } from "../lib/command-context.ts";

/** Runs the daemon until it is told to stop; what runs then comes to a safe stop first. */
export async function serve(context: CommandContext): Promise<number> {
  const config = await readConfig(context);
  const engine = await context.composition.openEngine(config);
  try {
    await keepCliToken(config.state, engine.service);
    await engine.serve(context.signal, (url) => context.terminal.note(`listening on ${url}`));
  } finally {
    await engine.close();
  }
  return 0;
}
