import { digestOf } from "../../../engine/model/digest.ts";
import type { ModuleId } from "../../../engine/model/module.ts";
import type { SitePath } from "../../../engine/model/site-path.ts";
import type { ClaimMark } from "./claim-mark.ts";
import type { DigestFiles } from "./digester.ts";
import type { Sftp } from "./sftp.ts";
import type { SiteTree } from "./site-tree.ts";
import type { TreeSettings } from "./ssh-options.ts";

/** What one delivery works on: its claim, under which bytes wait, and the tree that it changes. */
export interface DeliveryPlace {
  readonly sftp: Sftp;
  readonly digestFiles: DigestFiles;
  readonly settings: TreeSettings;
  readonly module: ModuleId;
  readonly mark: ClaimMark;
  readonly tree: SiteTree;
  /**
   * True for a tree that nobody sees yet and that is delivered as a whole: what is a file may become a
   * folder, and every folder that is emptied goes.
   */
  readonly isWhole?: boolean;
  /** Folders on the same file system in which a file may stand already, under its path, that is to be put. */
  readonly twins?: readonly string[];
}

/**
 * The place of a path's bytes while they wait: flat, so that no folder and no name of the site matters
 * there.
 */
export function stagedFile({ mark }: DeliveryPlace, sitePath: SitePath): string {
  return `${mark.stagedFolder}/${digestOf(sitePath)}`;
}
