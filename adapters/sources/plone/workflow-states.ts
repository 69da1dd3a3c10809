import type { ModuleState } from "../../../engine/model/module.ts";

/** What the states of the CMS's module workflow mean to us; the configuration adds to this or changes it. */
export const workflowStates: Readonly<Record<string, ModuleState>> = {
  in_process: "in-process",
  approved_for_staging: "in-process",
  unlocked_for_editing: "in-process",
  scheduled_for_staging: "scheduled-for-staging",
  staged: "staged",
  submitted_for_fqa: "staged",
  rejected_from_fqa: "in-process",
  scheduled_for_publishing: "scheduled-for-publishing",
  published_in_production: "published",
  retired: "withdrawn",
};
