import { describe, expect, it } from "vitest";
import { isMadeFor, packagePath } from "../../../../engine/model/made-files.ts";
import {
  courseOfPackages,
  libraryModule,
  type ModuleId,
  packagesOf,
  parseModuleId,
} from "../../../../engine/model/module.ts";
import type { SitePath } from "../../../../engine/model/site-path.ts";

const packages = { prefix: "/ans15436/ZipForEndUsers", kinds: ["course"] as const };
const course =
  "/courses/electrical-engineering/6-042j-mathematics-for-computer-science-spring-2015" as ModuleId;

describe("packages", () => {
  it("stand where those of the course always stood", () => {
    const at = (module: string) => packagePath(module as ModuleId, "plain", packages);
    const under = packages.prefix;
    expect(at(course)).toBe(`${under}/6/6-042j-spring-2015/6-042j-spring-2015.zip`);
    expect(packagePath(course, "video", packages)).toBe(
      `${under}/6/6-042j-spring-2015/6-042j-spring-2015-video.zip`,
    );
    expect(at("/courses/women/wgs-115-gender-and-race-spring-2013")).toBe(
      `${under}/WGS/wgs-115-spring-2013/wgs-115-spring-2013.zip`,
    );
    expect(at("/courses/media/cms-600-videogames-january-iap-2008")).toBe(
      `${under}/CMS/cms-600-january-iap-2008/cms-600-january-iap-2008.zip`,
    );
    expect(at("/resources/res-6-007-signals-and-systems")).toBe(
      `${under}/res-6-007-signals-and-systems/res-6-007-signals-and-systems.zip`,
    );
  });

  it("have an owner that is read back, and is no course", () => {
    const owner = packagesOf(course);
    expect(parseModuleId(owner)).toBe(owner);
    expect([courseOfPackages(owner), courseOfPackages(course)]).toEqual([course, undefined]);
    expect(() => parseModuleId("packages:/courses/../etc")).toThrow("climbs");
    expect(() => parseModuleId("packages:")).toThrow("not a module prefix");
  });

  it("and feeds are all that their owners may put", () => {
    const allows = (owner: ModuleId, path: string) => isMadeFor(owner, path as SitePath, packages);
    const path = packagePath(course, "video", packages);
    expect(allows(packagesOf(course), path)).toBe(true);
    expect(isMadeFor(packagesOf(course), path, undefined)).toBe(false);
    expect(allows(packagesOf(course), `${packages.prefix}/6/other.zip`)).toBe(false);
    expect(allows(course, path)).toBe(false);
    for (const feed of ["/sitemap.xml", "/sitemap-12.xml", "/zips.txt"])
      expect([allows(libraryModule, feed), allows(course, feed)]).toEqual([true, false]);
    expect(allows(libraryModule, "/sitemap-01.xml")).toBe(false);
    expect(allows(libraryModule, "/index.htm")).toBe(false);
  });
});
