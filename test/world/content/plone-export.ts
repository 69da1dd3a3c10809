import type { CmsContent, CmsFile, CmsModule, CmsObject, CmsPage, ViewRole } from "./cms-content.ts";
import type { ExportObject, ExportOf } from "./export-object.ts";
import { type ExportLookup, type ExportPage, exportPageHtml } from "./export-page.ts";
import { generatedFile } from "./generated-file.ts";
import { makeFile } from "./make-object.ts";
import { readExportObjects } from "./read-export-objects.ts";
import { siteAssets } from "./site-assets.ts";
import { parseZopeDate } from "./zope-date.ts";

/** The hosts that the export's pages name; the second CMS host is the one the legacy engine crawled. */
const hosts = { cms: ["ocwcms.mit.edu", "ocwpcms2.mit.edu"], public: "ocw.mit.edu" } as const;

const publicPath = (path: string): string => path.replace(/^\/Plone/, "");

const viewRole = (object: ExportObject): ViewRole =>
  object._permissions.View?.roles.includes("Anonymous") ? "Anonymous" : "Authenticated";

const common = (object: ExportObject) => ({
  path: publicPath(object._path),
  uid: object._uid,
  title: object.title,
  modifiedAt: parseZopeDate(object.modification_date),
  viewRole: viewRole(object),
});

/** What an export writes in the place of the bytes it left out. */
const leftOut = "empty";

const fileOf = (object: ExportOf<"OCWFile"> | ExportOf<"OCWImage">): CmsFile => {
  const stored = object._type === "OCWFile" ? object._datafield_file : object._datafield_image;
  const bytes = Buffer.from(stored.data, "base64");
  return {
    ...common(object),
    kind: "file",
    mediaType: stored.content_type,
    body: () =>
      bytes.toString("latin1") === leftOut ? generatedFile(object._uid, stored.content_type) : bytes,
    alwaysPublish: object.always_publish,
  };
};

const pageOf = (object: ExportPage, lookup: ExportLookup): CmsPage => ({
  ...common(object),
  kind: "page",
  html: exportPageHtml(object, lookup),
  folderish: object._type !== "CourseHomeSection",
});

const lookupIn = (objects: readonly ExportObject[]): ExportLookup => {
  const paths = new Map(objects.map((object) => [object._uid, publicPath(object._path)]));
  const mediaFiles = new Map<string, string[]>();
  for (const object of objects) {
    if (object._type !== "OCWMediaAsset" || object.file_uid === "") continue;
    const parent = object._path.slice(0, object._path.lastIndexOf("/"));
    mediaFiles.set(parent, [...(mediaFiles.get(parent) ?? []), object.file_uid]);
  }
  return {
    pathOf: (uid) => paths.get(uid),
    mediaFilesOf: (page) => [...new Set(mediaFiles.get(page._path) ?? [])],
  };
};

const folderOf = (course: ExportOf<"Course">): CmsObject => ({
  ...common(course),
  kind: "folder",
  ...(course._defaultpage === "" ? {} : { defaultPage: course._defaultpage }),
});

const moduleOf = (objects: readonly ExportObject[]): CmsModule => {
  const course = objects.find((object) => object._type === "Course");
  const history = (course?._workflow_history.module_workflow ?? []).map((step) => ({
    action: step.action,
    actor: step.actor,
    state: step.review_state,
    at: parseZopeDate(step.time),
  }));
  const last = history.at(-1);
  if (course === undefined || last === undefined)
    throw new Error("an exported course has no workflow history");
  const lookup = lookupIn(objects);
  const held: CmsObject[] = [folderOf(course)];
  for (const object of objects) {
    if (object._type === "OCWFile" || object._type === "OCWImage") held.push(fileOf(object));
    // A media asset is a record that its page's template reads, not something with an address of its own.
    else if (object._type !== "Course" && object._type !== "OCWMediaAsset") held.push(pageOf(object, lookup));
  }
  return {
    path: publicPath(course._path),
    kind: "course",
    title: course.title,
    state: last.state,
    history,
    shortId: course.id,
    departmentCode: course.master_course_number.split(".")[0] ?? "",
    zipRequired: objects.some((object) => object._type === "DownloadSection"),
    dependents: [],
    objects: held,
  };
};

const imageTypes: ReadonlyMap<string, string> = new Map([
  ["gif", "image/gif"],
  ["png", "image/png"],
  ["jpg", "image/jpeg"],
  ["jpeg", "image/jpeg"],
]);

const siteImage = new RegExp(
  `\\bsrc\\s*=\\s*["'](?:https?://(?:${hosts.cms.join("|")}))?(/images/[\\w./-]+\\.(\\w+))["']`,
  "gi",
);

/** Generates the site images that pages show: the export leaves them out, readers would miss them. */
const imagesOf = (modules: readonly CmsModule[]): CmsFile[] => {
  const types = new Map<string, string>();
  for (const object of modules.flatMap((module) => module.objects)) {
    if (object.kind !== "page") continue;
    for (const [, path = "", extension = ""] of object.html.matchAll(siteImage)) {
      const type = imageTypes.get(extension.toLowerCase());
      if (type !== undefined && !path.includes("..")) types.set(path, type);
    }
  }
  return [...types].map(([path, type]) => makeFile(path, type, () => generatedFile(path, type)));
};

/**
 * Reads a folder of `course-*∕jsons∕*.json` as a Plone export tool writes it. Pages, links, UIDs,
 * permissions, dates and workflow are as exported. Where the export holds no bytes, files are generated from
 * their UID with the recorded content type; site images that pages show are generated from their path.
 * Links to what the export does not hold stay dangling. Throws an Error that names the file at fault.
 */
export const readPloneExport = async (folder: string): Promise<CmsContent> => {
  const modules = (await readExportObjects(folder)).map(moduleOf);
  return { modules, assets: [...siteAssets(), ...imagesOf(modules)], hosts };
};
