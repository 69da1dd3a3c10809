import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where the real Plone export lies: `OCW_PLONE_EXPORT`, else a folder beside the repository. */
export const exportFolder =
  process.env.OCW_PLONE_EXPORT ??
  fileURLToPath(new URL("../../../../shared/data/plone-export", import.meta.url));

/** Whether the real Plone export is there to be read. */
export const hasExport = existsSync(exportFolder);
