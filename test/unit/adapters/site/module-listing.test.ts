import { describe, expect, it } from "vitest";
import { createModuleListing, modulesOption } from "../../../../adapters/shared/site/module-listing.ts";
import { parseModuleId } from "../../../../engine/model/module.ts";
import { freshContext, keptLog } from "../../engine/crawl/crawl-bench.ts";

const rules = modulesOption.parse([
  { prefix: "/courses/*/*", kind: "course" },
  { prefix: "/courses/physics", kind: "department", title: "Physics" },
  { prefix: "/courses/physics/8-01", kind: "course", title: "Mechanics" },
  { prefix: "/resources/res.*-*", kind: "resource" },
]);
const fixed = ["/courses/physics", "/courses/physics/8-01"];

/** What a site with one path is said to consist of. */
async function listingOf(path: string) {
  const listing = createModuleListing(rules, async function* () {
    yield { path, changedMs: 7 };
  });
  const modules = await Array.fromAsync(listing.modules(freshContext()));
  const revised = modules.filter(({ revision }) => revision !== undefined);
  return { listing, modules, revised };
}

describe("the module of a path", () => {
  it.each([
    ["/courses/physics/8-01/notes/index.html", "/courses/physics/8-01", "Mechanics"],
    ["/courses/physics/8-02/index.html", "/courses/physics/8-02", "8-02"],
    ["/courses/physics/index.html", "/courses/physics", "Physics"],
    ["/courses/physics", "/courses/physics", "Physics"],
    ["/resources/res.a-b/x", "/resources/res.a-b", "res.a-b"],
    ["/courses/physics-ii/a/", "/courses/physics-ii/a", "a"],
  ])("%s is %s", async (path, id, title) => {
    const { listing, modules, revised } = await listingOf(path);
    expect(revised).toMatchObject([{ id, title, state: "published", revision: "1 until 7" }]);
    for (const module of modules) {
      const places = await Array.fromAsync(listing.places(module, freshContext()));
      expect(places).toHaveLength(module.id === id ? 1 : 0);
    }
  });

  it.each([
    "/index.html",
    "/courses/index.html",
    "/a/courses/b/c/",
    "/resources/resXa-b/x",
    "/resources/res.a-b",
    "/courses/a/b\\c/",
    "/courses/a/b\u0007/",
    "/courses/a/e\u0301/",
    `/courses/a/${"b".repeat(300)}/`,
  ])("%s is in none", async (path) => {
    const { modules, revised } = await listingOf(path);
    expect(revised).toEqual([]);
    expect(modules.map(({ id }) => id)).toEqual(fixed);
  });
});

it("walks over one module alone where only that is asked for", async () => {
  const walked: string[] = [];
  const listing = createModuleListing(rules, async function* (prefix) {
    walked.push(prefix);
    yield { path: `${prefix}/index.html`, changedMs: 7 };
    yield { path: `${prefix}/8-01/index.html`, changedMs: 8 };
  });
  const id = parseModuleId("/courses/physics");
  expect(await Array.fromAsync(listing.modules(freshContext(), id))).toMatchObject([
    { id, revision: "1 until 7" },
  ]);
  expect(walked).toEqual([id]);
});

describe("the option for modules", () => {
  it.each(["/", "/a/", "courses/*", "/a/../b", "/a//b", "/a?b", "/a\\b"])(
    "refuses the prefix %s",
    (prefix) => {
      expect(modulesOption.safeParse([{ prefix, kind: "course" }]).success).toBe(false);
    },
  );

  it("refuses kinds that nobody knows, and no module at all", () => {
    expect(modulesOption.safeParse([{ prefix: "/a", kind: "lecture" }]).success).toBe(false);
    expect(modulesOption.safeParse([]).success).toBe(false);
  });
});

it("a folder that cannot be a module is told of once, and keeps no other from being listed", async () => {
  const listing = createModuleListing(rules, async function* () {
    for (const path of ["/courses/a/e\u0301/1", "/courses/a/e\u0301/2", "/courses/a/b/1"]) yield { path };
  });
  const log = keptLog();
  const modules = await Array.fromAsync(listing.modules(freshContext(log)));
  expect(modules.map(({ id }) => id)).toEqual([...fixed, "/courses/a/b"]);
  expect(log.lines).toHaveLength(1);
});
