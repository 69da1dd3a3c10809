import { digestOf } from "../model/digest.ts";
import { type Entry, isPage } from "../model/entry.ts";
import { isUnder, type SitePath, urlPathOf } from "../model/site-path.ts";
import { escapeXml } from "./escape-xml.ts";

/** A file of a package, with the title of its page if it is one that has a title. */
export interface PackagedFile extends Pick<Entry, "path" | "mediaType" | "redirectTo"> {
  readonly title?: string;
}

/** A page or a folder of the course, in its place among the others. */
interface Branch {
  readonly title: string;
  readonly resource?: string;
  readonly branches: Map<string, Branch>;
}

/**
 * The imsmanifest.xml of a course (IMS Content Packaging 1.1.4): its pages as one tree, by their folders, and
 * every file of the package. `home` is the course's first page.
 */
export function packageManifest(
  { title, home }: { readonly title: string; readonly home: SitePath },
  files: readonly PackagedFile[],
): string {
  const folder = home.slice(0, home.lastIndexOf("/"));
  const isOrganised = ({ path, mediaType, redirectTo }: PackagedFile): boolean =>
    isPage(mediaType) && redirectTo === undefined && isUnder(path, folder);
  const pages = files.filter(isOrganised);
  const root: Branch = { title, branches: new Map() };
  for (const [index, page] of pages.entries()) place(root, folder, page, `page-${index + 1}`);
  const resources = pages.map(
    ({ path }, index) =>
      `<resource identifier="page-${index + 1}" type="webcontent" href="${hrefOf(path)}">` +
      `${fileElement({ path })}<dependency identifierref="files"/></resource>`,
  );
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="course-${digestOf(home)}">`,
    "<metadata><schema>IMS Content</schema><schemaversion>1.1.4</schemaversion></metadata>",
    '<organizations default="pages">',
    `<organization identifier="pages"><title>${escapeXml(title)}</title>`,
    ...itemLines(root, { count: 0 }),
    "</organization>",
    "</organizations>",
    "<resources>",
    ...resources,
    '<resource identifier="files" type="webcontent">',
    ...files.filter((file) => !isOrganised(file)).map(fileElement),
    "</resource>",
    "</resources>",
    "</manifest>",
  ];
  return `${lines.join("\n")}\n`;
}

/** Puts a page into the tree; the index of a folder stands for the folder. */
function place(root: Branch, folder: string, { path, title }: PackagedFile, resource: string): void {
  const names = path.slice(folder.length + 1).split("/");
  if (names.length > 1 && names.at(-1) === "index.htm") names.pop();
  let { branches } = root;
  for (const [index, name] of names.entries()) {
    const known = branches.get(name) ?? { title: name, branches: new Map() };
    const branch = index === names.length - 1 ? { ...known, title: title || name, resource } : known;
    branches.set(name, branch);
    branches = branch.branches;
  }
}

function* itemLines({ branches }: Branch, numbers: { count: number }): Generator<string> {
  // The first page of a folder comes before what lies deeper.
  const isFirst = ([name]: [string, Branch]): boolean => name === "index.htm";
  for (const [, branch] of [...branches].sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)))) {
    numbers.count++;
    const { title, resource } = branch;
    const reference = resource === undefined ? "" : ` identifierref="${resource}"`;
    yield `<item identifier="item-${numbers.count}"${reference}><title>${escapeXml(title)}</title>`;
    yield* itemLines(branch, numbers);
    yield "</item>";
  }
}

function fileElement({ path }: Pick<PackagedFile, "path">): string {
  return `<file href="${hrefOf(path)}"/>`;
}

function hrefOf(path: SitePath): string {
  return escapeXml(urlPathOf(path).slice(1));
}
