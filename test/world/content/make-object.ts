import { createHash } from "node:crypto";
import type { CmsFile, CmsFolder, CmsPage, ViewRole } from "./cms-content.ts";

/** The UID of a made-up object: 32 hexadecimal digits that depend on its path alone. */
export const uidOf = (path: string): string =>
  createHash("sha256").update(`uid of ${path}`).digest("hex").slice(0, 32);

/** When made-up content was last modified, unless it says otherwise. */
const contentDate = new Date("2020-03-02T09:15:00Z");

/** Makes a private page. Folderish unless it is an `.htm` leaf, as the CMS's course home pages are. */
export const makePage = (path: string, title: string, html: string): CmsPage => ({
  kind: "page",
  path,
  uid: uidOf(path),
  title,
  html,
  folderish: !path.endsWith(".htm"),
  modifiedAt: contentDate,
  viewRole: "Authenticated",
});

/** Makes a file that anyone may view. */
export const makeFile = (
  path: string,
  mediaType: string,
  body: () => Uint8Array,
  alwaysPublish = false,
): CmsFile => ({
  kind: "file",
  path,
  uid: uidOf(path),
  title: path.slice(path.lastIndexOf("/") + 1),
  mediaType,
  body,
  modifiedAt: contentDate,
  alwaysPublish,
  viewRole: "Anonymous",
});

/** Makes a folder that shows its `index.htm`. */
export const makeFolder = (path: string, title: string, viewRole: ViewRole = "Anonymous"): CmsFolder => ({
  kind: "folder",
  path,
  uid: uidOf(path),
  title,
  defaultPage: "index.htm",
  modifiedAt: contentDate,
  viewRole,
});
