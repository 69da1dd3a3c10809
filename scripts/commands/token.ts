import type { Role } from "../../engine/ports/store/store.ts";
import { type CommandContext, printResult, withEngine } from "../lib/command-context.ts";

/** Makes a token for the API and prints it, once: nobody can read it again. */
export async function createNamedToken(context: CommandContext, name: string, role: Role): Promise<number> {
  const token = await withEngine(
    context,
    (engine) => engine.createToken(name, role),
    ({ service }) => service.createToken(name, role),
  );
  context.terminal.note(`the token of ${name} (${role}); it is shown this once:`);
  printResult(context, { name, role, token }, [token]);
  return 0;
}
