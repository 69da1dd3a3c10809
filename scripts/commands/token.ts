import type { Role } from "../../engine/ports/store/store.ts";
import { createToken } from "../lib/cli-token.ts";
import { type CommandContext, openAlone, printResult } from "../lib/command-context.ts";

/** Makes a token for the API and prints it, once: nobody can read it again. The daemon must not run. */
export async function createNamedToken(context: CommandContext, name: string, role: Role): Promise<number> {
  const engine = await openAlone(context);
  try {
    const token = await createToken(engine.tokens, name, role);
    context.terminal.note(`the token of ${name} (${role}); it is shown this once:`);
    printResult(context, { name, role, token }, [token]);
  } finally {
    await engine.close();
  }
  return 0;
}
