import { describe, expect, it } from "vitest";
import { ownerOf, treeOf } from "../../../../engine/crawl/scope.ts";
import { assetsModule, parseModuleId } from "../../../../engine/model/module.ts";

const department = parseModuleId("/courses/physics");
const course = parseModuleId("/courses/physics/8-01");
const about = parseModuleId("/about us");
const modules = new Set([department, course, about]);
const assetPrefixes = ["/images", "/portal_css"];

const rules = { modules, assetPrefixes, treePrefixes: ["/ans7870"] };
const owner = (module: typeof course, path: string) =>
  ownerOf(new URL(path, "http://cms.example"), { module, ...rules });

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

  it("is the assets module for what stands for its whole folder", () => {
    const url = new URL("/ans7870/8/8.02/waves/320.html?x=1", "http://cms.example");
    expect(ownerOf(url, { module: course, ...rules })).toBe(assetsModule);
    expect(treeOf(url, { module: course, ...rules })).toBe("/ans7870/8/8.02/waves/");
    const page = new URL("/courses/physics/8-01/a", "http://cms.example");
    expect(treeOf(page, { module: course, ...rules })).toBeUndefined();
  });
});
