import { describe, expect, it } from "vitest";
import { ownerOf } from "../../../../engine/crawl/scope.ts";
import { assetsModule, parseModuleId } from "../../../../engine/model/module.ts";

const department = parseModuleId("/courses/physics");
const course = parseModuleId("/courses/physics/8-01");
const about = parseModuleId("/about us");
const modules = [department, course, about];
const assetPrefixes = ["/images", "/portal_css"];

const owner = (module: typeof course, path: string) =>
  ownerOf(new URL(path, "http://cms.example"), { module, modules, assetPrefixes });

describe("the owner of a URL", () => {
  it("is the module whose folder holds it", () => {
    expect(owner(course, "/courses/physics/8-01")).toBe(course);
    expect(owner(course, "/courses/physics/8-01/syllabus?x=1")).toBe(course);
    expect(owner(about, "/about%20us/people")).toBe(about);
  });

  it("is not a module whose name merely begins alike", () => {
    expect(owner(course, "/courses/physics/8-01x/syllabus")).toBeUndefined();
  });

  it("is the innermost module: a course is no part of its department", () => {
    expect(owner(department, "/courses/physics/8-01/syllabus")).toBeUndefined();
    expect(owner(department, "/courses/physics/index.htm")).toBe(department);
    expect(owner(course, "/courses/physics/index.htm")).toBeUndefined();
  });

  it("is the assets module under its prefixes, outside every module", () => {
    expect(owner(course, "/images/logo.png")).toBe(assetsModule);
    expect(owner(course, "/portal_css/Plone%20Default/base.css")).toBe(assetsModule);
    expect(owner(course, "/imagesx/logo.png")).toBeUndefined();
  });

  it("is nobody for the rest of the source", () => {
    expect(owner(course, "/terms")).toBeUndefined();
    expect(owner(course, "/courses/physics/8-01/../../../terms")).toBeUndefined();
    expect(owner(course, "/courses/physics/8-01%2f..%2f..%2fterms")).toBeUndefined();
  });
});
