import { courseOfPackages, libraryModule, type ModuleId, type ModuleKind } from "./module.ts";
import type { SitePath } from "./site-path.ts";

/** Which modules get packages, and where these stand on the site. */
export interface PackageSettings {
  /** "/ans15436/ZipForEndUsers" */
  readonly prefix: string;
  readonly kinds: readonly ModuleKind[];
}

/** The packages of a course: without its video, and with it. */
export const packageNames = ["plain", "video"] as const;
export type PackageName = (typeof packageNames)[number];

// "6-042j-mathematics-for-computer-science-spring-2015": department, number, words, term.
const numbered = /^([0-9a-z]+)-([0-9a-z]+)-(?:.+-)?((?:fall|spring|summer|january-iap)-\d{4})$/;

/**
 * Where a package of a course stands: "<prefix>/6/6-042j-spring-2015/6-042j-spring-2015.zip" for a course
 * that is named by department, number, title and term, as they always were; else two times its last segment.
 */
export function packagePath(course: ModuleId, name: PackageName, { prefix }: PackageSettings): SitePath {
  const segment = course.slice(course.lastIndexOf("/") + 1);
  const [, department = "", number = "", term = ""] = numbered.exec(segment) ?? [];
  const short = department === "" ? segment : `${department}-${number}-${term}`;
  const folder = department === "" ? short : `${department.toUpperCase()}/${short}`;
  return `${prefix}/${folder}/${short}${name === "video" ? "-video" : ""}.zip` as SitePath;
}

/** Where what is listed of the whole site stands. */
export const feedPaths = { sitemap: "/sitemap.xml" as SitePath, zips: "/zips.txt" as SitePath };

/** Where a part of a sitemap stands that is too long for one file; counted from 1. */
export function sitemapPartPath(number: number): SitePath {
  return `/sitemap-${number}.xml` as SitePath;
}

/** True if a path is one of the files that the engine makes for an owner: packages, or feeds. */
export function isMadeFor(owner: ModuleId, path: SitePath, packages: PackageSettings | undefined): boolean {
  if (owner === libraryModule)
    return Object.values(feedPaths).includes(path) || /^\/sitemap-[1-9]\d*\.xml$/.test(path);
  const course = courseOfPackages(owner);
  if (course === undefined || packages === undefined) return false;
  return packageNames.some((name) => packagePath(course, name, packages) === path);
}
