import type { Run } from "../model/run.ts";
import type { CallContext } from "./context.ts";

/** Tells people or programs how a run ended. A failure to tell never fails the run. */
export interface Notifier {
  readonly name: string;
  notify(run: Run, context: CallContext): Promise<void>;
}
