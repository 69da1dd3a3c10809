import { z } from "zod";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import {
  type ModuleRef,
  type ModuleState,
  moduleKinds,
  parseModuleId,
} from "../../../engine/model/module.ts";

const listingSchema = z.object({
  modules: z
    .array(
      z.object({
        path: z.string().min(2).max(1024),
        kind: z.enum(moduleKinds),
        title: z.string().max(2000),
        state: z.string().min(1).max(200),
        revision: z.string().min(1).max(200).optional(),
        hide_download: z.boolean().default(false),
      }),
    )
    .max(100_000),
});

/**
 * Reads the CMS's list of modules. Throws `corrupt` naming the first thing that is wrong: a listing that is
 * half understood would hide modules.
 */
export function readListing(
  text: string,
  states: Readonly<Record<string, ModuleState>>,
): readonly ModuleRef[] {
  const parsed = listingSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join(".") ?? "";
    throw new PublishError("corrupt", `the cms's list of modules is wrong at ${field}: ${issue?.message}`);
  }
  const seen = new Set<string>();
  return parsed.data.modules.map(({ path, kind, title, state, revision, hide_download: isHidden }) => {
    const id = parseModuleId(path);
    if (seen.has(id)) throw new PublishError("corrupt", `the cms lists the module ${id} twice`);
    seen.add(id);
    const known = Object.hasOwn(states, state) ? states[state] : undefined;
    if (known === undefined)
      throw new PublishError(
        "corrupt",
        `the cms lists ${id} in the unknown state ${JSON.stringify(state)}: map it with the option states`,
      );
    return {
      ...{ id, kind, title, state: known },
      ...(revision === undefined ? {} : { revision }),
      ...(isHidden ? { isHidden } : {}),
    };
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PublishError("corrupt", "the cms's list of modules is not JSON", { cause: error });
  }
}
