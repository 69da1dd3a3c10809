import { describe, expect, it } from "vitest";
import { ploneOptions } from "../../../../adapters/sources/plone/plone-options.ts";
import { readListing } from "../../../../adapters/sources/plone/read-listing.ts";
import { readPackageslip } from "../../../../adapters/sources/plone/read-packageslip.ts";
import { parseModuleId } from "../../../../engine/model/module.ts";
import { workflowStates } from "../../../world/content/cms-content.ts";

const ourStates = ploneOptions.shape.states.parse(undefined);
const corrupt = expect.objectContaining({ code: "corrupt" });
const course = { path: "/courses/a/b", kind: "course", title: "B", state: "staged", revision: "1" };
const listing = (...modules: unknown[]): string => JSON.stringify({ modules });

describe("the list of modules", () => {
  it("gives each module with what its state means", () => {
    expect(readListing(listing(course), ourStates)).toEqual([
      { id: "/courses/a/b", kind: "course", title: "B", state: "staged", revision: "1" },
    ]);
  });

  it("knows every state of the CMS's workflow", () => {
    expect(Object.keys(ourStates).sort()).toEqual([...workflowStates].sort());
  });

  it("names the module and the state it does not know", () => {
    const text = listing({ ...course, state: "lost_in_space" });
    expect(() => readListing(text, ourStates)).toThrowError(
      /\/courses\/a\/b in the unknown state "lost_in_space"/,
    );
    expect(readListing(text, { lost_in_space: "withdrawn" })).toMatchObject([{ state: "withdrawn" }]);
    expect(() => readListing(listing({ ...course, state: "constructor" }), ourStates)).toThrowError(corrupt);
  });

  it.each([
    ["no JSON", "<html>"],
    ["no list", "{}"],
    ["another kind", listing({ ...course, kind: "poem" })],
    ["a missing field", listing({ path: "/a" })],
    ["a number for a path", listing({ ...course, path: 7 })],
    ["a module twice", listing(course, course)],
  ])("is refused for %s", (_, text) => {
    expect(() => readListing(text, ourStates)).toThrowError(corrupt);
  });

  it.each(["/courses/../etc", "courses/a", "/a/", "/a\\b", "/"])("is refused for the path %j", (path) => {
    expect(() => readListing(listing({ ...course, path }), ourStates)).toThrowError();
  });
});

describe("a packing slip", () => {
  const module = parseModuleId("/courses/a/b");
  const origin = "http://cms.example";
  const names = { origin, hosts: new Set(["cms.example", "ocwcms.example.edu"]) };
  const rules = ploneOptions.shape.packageslip.parse(undefined);
  const slip = (inner: string): string =>
    `<?xml version="1.0"?>\n<slip><resource_list>${inner}</resource_list></slip>\n`;
  const read = (text: string) => readPackageslip(text, module, names, rules);

  it("gives paths, names and URLs as URLs", () => {
    const text = slip(
      '<resource type="page">/courses/a/b/caf\u00e9 &amp; tea</resource>' +
        '<resource type="file"> notes 50%.pdf </resource><resource>http://other.example/x%20y</resource>',
    );
    expect(read(text).resources).toEqual([
      { url: `${origin}/courses/a/b/caf%C3%A9%20&%20tea`, form: "page" },
      { url: `${origin}/courses/a/b/notes%2050%25.pdf`, form: "file" },
      { url: "http://other.example/x%20y" },
    ]);
  });

  it("is read with the selectors of the configuration", () => {
    const text = '<r><files><f kind="file">/courses/a/b/x</f></files></r>';
    const other = { resources: "files > f", typeAttribute: "kind", dependents: "files > f" };
    expect(readPackageslip(text, module, names, other)).toEqual({
      resources: [{ url: `${origin}/courses/a/b/x`, form: "file" }],
      dependents: ["/courses/a/b/x"],
    });
  });

  it.each([
    ["it is cut off", slip("<resource>/courses/a/b/x</resource>").slice(0, -5)],
    ["it names nothing", slip("")],
    ["it is a page", "<html><body>hello</body></html>"],
    ["a type is neither page nor file", slip('<resource type="poem">/courses/a/b/x</resource>')],
    ["a resource is empty", slip("<resource/>")],
    ["a resource is no URL", slip("<resource>http://[</resource>")],
  ])("is refused when %s", (_, text) => {
    expect(() => read(text)).toThrowError(corrupt);
  });

  const dependents = (...elements: string[]): string =>
    slip("<resource>/courses/a/b/x</resource>").replace(
      "</slip>",
      `<dependent_modules>${elements.join("")}</dependent_modules></slip>`,
    );

  it("names each module that depends on it once, by path or URL", () => {
    const text = dependents(
      "<module> /courses/a </module>",
      "<url>http://ocwcms.example.edu/courses/a/</url>",
      `<url>${origin}/courses/caf%C3%A9</url>`,
      "<other>/courses/z</other>",
    );
    expect(read(text).dependents).toEqual(["/courses/a", "/courses/caf\u00e9"]);
    expect(read(slip("<resource>/courses/a/b/x</resource>")).dependents).toEqual([]);
  });

  it.each([
    "",
    "assets",
    "courses/a",
    "/",
    "/courses//a",
    "/courses/../a",
    "/courses/%2e%2e/a",
    "/courses\\a",
    "/courses/a?x=1",
    "/courses/a#b",
    "http://cms.example/courses/a?x=1",
    "http://cms.example/",
    "http://other.example/courses/a",
    "http://[",
    "ftp://cms.example/courses/a",
    `/courses/${"a".repeat(300)}`,
  ])("is refused for the dependent %j", (written) => {
    expect(() => read(dependents(`<module>${written}</module>`))).toThrowError(corrupt);
  });

  it("reads no entity and no file that a document type names", () => {
    const text =
      '<!DOCTYPE slip [<!ENTITY x SYSTEM "file:///etc/passwd">]>' +
      slip("<resource>/courses/a/b/&x;</resource>");
    expect(JSON.stringify(read(text))).not.toContain("root:");
  });
});
