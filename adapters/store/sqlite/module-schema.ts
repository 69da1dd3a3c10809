import { z } from "zod";
import {
  type ModuleKind,
  type ModuleRef,
  type ModuleState,
  parseModuleId,
} from "../../../engine/model/module.ts";
import { optional } from "./columns.ts";

/** Every kind of module, as kept. */
export const moduleKinds = [
  "course",
  "resource",
  "department",
  "global",
  "high-school",
] as const satisfies readonly ModuleKind[];

/** Every state of a module, as kept. */
export const moduleStates = [
  "in-process",
  "scheduled-for-staging",
  "staged",
  "scheduled-for-publishing",
  "published",
  "withdrawn",
] as const satisfies readonly ModuleState[];

/** A module as it is kept in JSON. */
export const moduleRefSchema: z.ZodType<ModuleRef> = z
  .strictObject({
    id: z.string().transform(parseModuleId),
    kind: z.enum(moduleKinds),
    title: z.string(),
    state: z.enum(moduleStates),
    revision: z.string().optional(),
  })
  .transform(({ revision, ...module }) => ({ ...module, ...optional("revision", revision) }));
