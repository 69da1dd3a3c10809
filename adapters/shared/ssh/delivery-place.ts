import { digestOf } from "../../../engine/model/digest.ts";
import type { ModuleId } from "../../../engine/model/module.ts";
import type { SitePath } from "../../../engine/model/site-path.ts";
import type { ClaimMark } from "./claim-mark.ts";
import type { DigestFiles } from "./digester.ts";
import type { Sftp } from "./sftp.ts";
import type { SiteTree } from "./site-tree.ts";
import type { SshSettings } from "./ssh-options.ts";

/** What one delivery works on: its claim, under which bytes wait, and the tree that it changes. */
export interface DeliveryPlace {
  readonly sftp: Sftp;
  readonly digestFiles: DigestFiles;
  readonly settings: SshSettings;
  readonly module: ModuleId;
  readonly mark: ClaimMark;
  readonly tree: SiteTree;
}

/**
 * The place of a path's bytes while they wait: flat, so that no folder and no name of the site matters
 * there.
 */
export function stagedFile({ mark }: DeliveryPlace, sitePath: SitePath): string {
  return `${mark.stagedFolder}/${digestOf(sitePath)}`;
}
