import type { WorkflowState } from "../content/cms-content.ts";
import type { LiveModule } from "./cms-index.ts";

/** The transitions the engine may ask for. */
export type EngineAction = "mark_staged" | "mark_published";

/**
 * Which states each transition may start in, and where it ends. Wider than the legacy workflow, where
 * `mark_staged` left only `scheduled_for_staging` and `mark_published` only `scheduled_for_publishing`: the
 * legacy full republish staged and published modules again without moving them, and so may an engine.
 * Staging again what is already further on keeps its state.
 */
const transitions: Readonly<Record<EngineAction, Partial<Record<WorkflowState, WorkflowState>>>> = {
  mark_staged: {
    scheduled_for_staging: "staged",
    staged: "staged",
    submitted_for_fqa: "submitted_for_fqa",
    published_in_production: "published_in_production",
  },
  mark_published: {
    staged: "published_in_production",
    submitted_for_fqa: "published_in_production",
    scheduled_for_publishing: "published_in_production",
    published_in_production: "published_in_production",
  },
};

/** Reads a transition's name as it was posted. */
export const engineAction = (name: string | null): EngineAction | undefined =>
  name === "mark_staged" || name === "mark_published" ? name : undefined;

/** Moves a module to a state and writes it into the module's history. */
export const moveModule = (module: LiveModule, action: string, actor: string, state: WorkflowState): void => {
  module.state = state;
  module.history.push({ action, actor, state, at: new Date() });
};

/** Fires a transition; false, and nothing changes, when the module's state does not allow it. */
export const fireTransition = (module: LiveModule, action: EngineAction, actor: string): boolean => {
  const next = transitions[action][module.state];
  if (next === undefined) return false;
  moveModule(module, action, actor, next);
  return true;
};
