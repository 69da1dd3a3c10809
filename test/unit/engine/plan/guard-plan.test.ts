import { describe, expect, it } from "vitest";
import { digestOf } from "../../../../engine/model/digest.ts";
import { libraryModule, type ModuleId, packagesOf } from "../../../../engine/model/module.ts";
import type { Change, PlanSummary } from "../../../../engine/model/plan.ts";
import type { SitePath } from "../../../../engine/model/site-path.ts";
import { guardChange, guardStanding, guardSummary } from "../../../../engine/plan/guard-plan.ts";
import { recipientsOf } from "../../../../engine/plan/route-paths.ts";

const module = "/courses/a/b" as ModuleId;
const limits = { removalShareMax: 0.25, removalCountFree: 5, freeBytesMin: 1000 };
const summary: PlanSummary = {
  destination: "origin",
  release: 1,
  puts: 1,
  removals: 0,
  unchanged: 9,
  heldBefore: 100,
  bytes: 500,
};

function putAt(path: string, owner: ModuleId = module): Change {
  const entry = {
    path: path as SitePath,
    digest: digestOf("new"),
    size: 3,
    mediaType: "text/html",
    mtimeSeconds: 2,
  };
  return { kind: "put", owner, wave: "pages", path: entry.path, entry, reason: "missing" };
}

describe("promise 9: guards judge the plan before any effect", () => {
  it("lets an ordinary plan pass", () => {
    expect(guardSummary(summary, 10, limits, 10_000)).toEqual([]);
  });

  it("stops too many removals until a person approves", () => {
    const many = { ...summary, removals: 26 };
    expect(guardSummary(many, 10, limits, undefined)).toMatchObject([
      { guard: "too many removals", approvable: true },
    ]);
    expect(guardSummary({ ...summary, removals: 25 }, 10, limits, undefined)).toEqual([]);
    expect(guardSummary({ ...summary, removals: 5, heldBefore: 5 }, 10, limits, undefined)).toEqual([]);
  });

  it("never lets an empty source through", () => {
    expect(guardSummary(summary, 0, limits, undefined)).toMatchObject([
      { guard: "empty source", approvable: false },
    ]);
  });

  it("lets an owner that may rightly have nothing lose its last files", () => {
    const last = { ...summary, puts: 0, removals: 2, heldBefore: 2 };
    expect(guardSummary(last, undefined, limits, undefined)).toEqual([]);
  });

  it("lets the owner of packages put those of its course, and nobody else", () => {
    const packages = { prefix: "/ans15436/Zip", kinds: ["course" as const] };
    const site = { relocations: [{ suffix: ".zip", to: "/ans15436/Zip" }], packages };
    const judge = (path: string, owner: ModuleId) =>
      guardChange(putAt(path, owner), owner, new Set([module]), site);
    expect(judge("/ans15436/Zip/b/b-video.zip", packagesOf(module))).toBeUndefined();
    expect(judge("/ans15436/Zip/b/b-video.zip", module)).toMatchObject({ guard: "outside the module" });
    expect(judge("/courses/a/b/x.htm", packagesOf(module))).toMatchObject({ guard: "outside the module" });
    expect(judge("/sitemap.xml", libraryModule)).toBeUndefined();
    expect(judge("/sitemap.xml", module)).toMatchObject({ guard: "outside the module" });
  });

  it("stops when the disk would run short", () => {
    expect(guardSummary(summary, 10, limits, 1499)).toMatchObject([{ guard: "no space" }]);
    expect(guardSummary(summary, 10, limits, 1500)).toEqual([]);
  });

  it("stops a path outside the module, but knows where its files are relocated", () => {
    const relocations = [{ suffix: ".zip", to: "/ans15436/Zip" }];
    const modules = [module, "/courses/a/c" as ModuleId];
    const judge = (change: Change) => guardChange(change, module, new Set(modules), { relocations });
    expect(judge(putAt("/courses/a/b/x.htm"))).toBeUndefined();
    expect(judge(putAt("/ans15436/Zip/courses/a/b/x.zip"))).toBeUndefined();
    expect(judge(putAt("/courses/a/bc/x.htm"))).toMatchObject({ guard: "outside the module" });
    expect(judge(putAt("/ans15436/Zip/courses/a/c/x.zip"))).toMatchObject({ guard: "outside the module" });
    expect(judge(putAt("/styles/x.css", "assets" as ModuleId))).toBeUndefined();
    expect(judge(putAt("/courses/a/c/x.css", "assets" as ModuleId))).toMatchObject({
      guard: "outside the module",
    });
  });
});

describe("promise 1: what the engine did not publish it never overwrites", () => {
  const change = putAt("/courses/a/b/x.htm");
  const path = change.path;
  it("objects to a foreign file in the way", () => {
    const foreign = { path, kind: "file", size: 3, mtimeSeconds: 0, digest: digestOf("other") } as const;
    expect(guardStanding(change, foreign, "origin")).toMatchObject({ guard: "foreign file" });
    expect(guardStanding(change, { path, kind: "other", detail: "a symlink" }, "origin")).toMatchObject({
      text: expect.stringContaining("a symlink"),
    });
  });
  it("names both modules where a file is that of another", () => {
    const standing = { path, kind: "file", size: 3, mtimeSeconds: 0, digest: digestOf("other") } as const;
    const holder = "/courses/a/c" as ModuleId;
    expect(guardStanding(change, standing, "origin", holder)?.text).toBe(
      `a file of ${holder} stands at ${path} on origin, where ${module} would have one of the same name`,
    );
  });
  it("does not mind nothing, nor the very bytes it wants", () => {
    expect(guardStanding(change, { path, kind: "absent" }, "origin")).toBeUndefined();
    const same = { path, kind: "file", size: 3, mtimeSeconds: 0, digest: digestOf("new") } as const;
    expect(guardStanding(change, same, "origin")).toBeUndefined();
  });
});

describe("the recipients of a place", () => {
  it("get what their route says, origins the rest, routes first", () => {
    const recipients = recipientsOf({
      origins: ["a", "b"],
      routes: [{ prefix: "/ans15436/", destination: "netstorage" }],
      edges: [],
    });
    expect(recipients.map((each) => [each.destination, each.order])).toEqual([
      ["netstorage", "route"],
      ["a", "origin"],
      ["b", "origin"],
    ]);
    expect(recipients.map((each) => each.takes("/ans15436/Zip/x.zip"))).toEqual([true, false, false]);
    expect(recipients.map((each) => each.takes("/courses/x.htm"))).toEqual([false, true, true]);
  });
});
