import type { Run } from "../model/run.ts";
import type { Recipient } from "../plan/route-paths.ts";
import type { CallContext } from "../ports/context.ts";
import type { Cargo } from "./cargo.ts";
import type { EngineParts } from "./engine-parts.ts";
import type { Sessions } from "./sessions.ts";

/** A run on its way to deliver something: what all its steps share. */
export interface Delivering {
  readonly parts: EngineParts;
  readonly run: Run;
  readonly cargo: Cargo;
  /** Every destination it is for, with the paths it gets. */
  readonly recipients: readonly Recipient[];
  readonly sessions: Sessions;
  readonly context: CallContext;
}
