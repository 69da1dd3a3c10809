import type { CmsContent, CmsFile, CmsModule, CmsPage } from "./cms-content.ts";
import { demoHosts } from "./demo-names.ts";
import { generatedFile } from "./generated-file.ts";
import { makeFile, makeFolder, makePage } from "./make-object.ts";
import { type LinkTargets, mixedLink } from "./mixed-link.ts";
import { type SeededRandom, seededRandom } from "./seeded-random.ts";
import { seededText } from "./seeded-text.ts";
import { siteAssets } from "./site-assets.ts";

/** How much to generate. The same numbers and seed give the same content, byte for byte. */
export interface GeneratedShape {
  readonly seed: number;
  readonly courses: number;
  /** Pages of each course, its `index.htm` among them; at least 1. */
  readonly pagesPerCourse: number;
  readonly filesPerCourse: number;
}

const departments = ["forests", "stars", "rivers", "numbers", "letters"];
const sections = ["syllabus", "calendar", "readings", "lecture-notes", "assignments", "exams"];

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

/** Media types in about the shares of real courses: documents, then captions, then pictures. */
const fileTypes = [
  ...times(15, ["pdf", "application/pdf"] as const),
  ...times(4, ["srt", "application/x-subrip"] as const),
  ...times(6, ["jpg", "image/jpeg"] as const),
  ["png", "image/png"] as const,
];

/** The page's paths: the home page, the usual sections, then pages under the section "sessions". */
const pagePaths = (root: string, count: number, random: SeededRandom): string[] =>
  Array.from({ length: count }, (_, at) => {
    if (at === 0) return `${root}/index.htm`;
    const section = sections[at - 1];
    if (section !== undefined) return `${root}/${section}`;
    if (at === sections.length + 1) return `${root}/sessions`;
    // One page in fifty is named after a numbered section, so that its name seems to have an extension.
    const name = random.fraction() < 0.02 ? `${at}.${random.between(1, 9)}-example` : `session-${at}`;
    return `${root}/sessions/${name}`;
  });

const courseFiles = (pages: readonly string[], count: number, random: SeededRandom): CmsFile[] =>
  Array.from({ length: count }, (_, at) => {
    const folder = random.pick(pages).replace(/\/index\.htm$/, "");
    const [extension, mediaType] = random.pick(fileTypes);
    const path = `${folder}/${extension}-${at}.${extension}`;
    // Captions are published though no page links to them, as in the real export.
    return makeFile(path, mediaType, () => generatedFile(path, mediaType), extension === "srt");
  });

const fileLink = (file: CmsFile): string =>
  file.mediaType.startsWith("image/")
    ? `<img src="./resolveuid/${file.uid}" alt="" />`
    : `<a href="./resolveuid/${file.uid}">${file.title}</a>`;

const pageHtml = (files: readonly CmsFile[], targets: LinkTargets, random: SeededRandom): string => {
  const paragraphs = Array.from(
    { length: random.between(3, 14) },
    () => `<p>${seededText(random, random.between(20, 120))} ${mixedLink(targets, random)}</p>`,
  );
  return [...files.map((file) => `<p>${fileLink(file)}</p>`), ...paragraphs].join("\n");
};

const generateCourse = (shape: GeneratedShape, at: number, roots: readonly string[]): CmsModule => {
  const root = roots[at] ?? "";
  const random = seededRandom(`course ${shape.seed} ${at}`);
  const paths = pagePaths(root, shape.pagesPerCourse, random);
  const files = courseFiles(paths, shape.filesPerCourse, random);
  const targets: LinkTargets = { pages: paths, modules: roots, hosts: demoHosts };
  const linked = files.filter((file) => !file.alwaysPublish);
  const pages = paths.map((path, page): CmsPage => {
    // Every file that is not always published is linked from exactly one page, else it would be lost.
    const own = linked.filter((_, file) => file % paths.length === page);
    return makePage(path, page === 0 ? "Course Home" : seededText(random, 3), pageHtml(own, targets, random));
  });
  return {
    path: root,
    kind: "course",
    title: `Course ${at + 1}`,
    state: "scheduled_for_staging",
    history: [],
    shortId: root.slice(root.lastIndexOf("/") + 1),
    departmentCode: String(at % departments.length),
    zipRequired: false,
    dependents: [],
    objects: [makeFolder(root, `Course ${at + 1}`), ...pages, ...files],
  };
};

/** Generates courses in the shape of the real export: its kinds of page, file, name and link. */
export const generateContent = (shape: GeneratedShape): CmsContent => {
  if (shape.pagesPerCourse < 1) throw new Error("a generated course needs at least its home page");
  const roots = Array.from({ length: shape.courses }, (_, at) => {
    const department = departments[at % departments.length] ?? "";
    return `/courses/${department}/${department}-${100 + at}-generated-course-fall-2015`;
  });
  const generated = ["a_logo_17.gif", "icon-1.png", "icon-2.png", "icon-3.png"].map((name) => {
    const type = name.endsWith(".gif") ? "image/gif" : "image/png";
    return makeFile(`/images/${name}`, type, () => generatedFile(name, type));
  });
  return {
    modules: roots.map((_, at) => generateCourse(shape, at, roots)),
    assets: [...siteAssets(), ...generated],
    hosts: demoHosts,
  };
};
