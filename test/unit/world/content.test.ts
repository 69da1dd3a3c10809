import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { CmsContent, CmsFile, CmsPage } from "../../world/content/cms-content.ts";
import { demoContent } from "../../world/content/demo-content.ts";
import { generateContent } from "../../world/content/generated-content.ts";

const objectsOf = (content: CmsContent) => content.modules.flatMap((module) => module.objects);
const pagesOf = (content: CmsContent): CmsPage[] =>
  objectsOf(content).filter((object) => object.kind === "page");
const filesOf = (content: CmsContent): CmsFile[] =>
  objectsOf(content).filter((object) => object.kind === "file");
const uidsIn = (content: CmsContent): string[] =>
  pagesOf(content).flatMap(({ html }) =>
    [...html.matchAll(/resolveuid\/([0-9a-f]+)/g)].map((hit) => hit[1] ?? ""),
  );

const digestOf = (content: CmsContent): string => {
  const hash = createHash("sha256");
  for (const file of [...content.assets, ...filesOf(content)]) hash.update(file.path).update(file.body());
  for (const page of pagesOf(content)) hash.update(page.path).update(page.html);
  return hash.digest("hex");
};

const shape = { seed: 7, courses: 6, pagesPerCourse: 40, filesPerCourse: 50 };

describe("generated content", () => {
  const content = generateContent(shape);

  test("has the numbers asked for and no dangling UID", () => {
    expect(content.modules.length).toBe(6);
    expect([pagesOf(content).length, filesOf(content).length]).toEqual([240, 300]);
    const known = new Set(objectsOf(content).map((object) => object.uid));
    expect(known.size).toBe(objectsOf(content).length);
    expect(uidsIn(content).filter((uid) => !known.has(uid))).toEqual([]);
  });

  test("can be reached whole: each file is linked, or always published", () => {
    const linked = new Set(uidsIn(content));
    expect(filesOf(content).filter((file) => !file.alwaysPublish && !linked.has(file.uid))).toEqual([]);
    expect(filesOf(content).some((file) => file.alwaysPublish && !linked.has(file.uid))).toBe(true);
  });

  test("is the same for the same seed, and another for another", () => {
    const digest = digestOf(content);
    expect(digestOf(generateContent(shape))).toBe(digest);
    expect(digestOf(generateContent({ ...shape, seed: 8 }))).not.toBe(digest);
  });

  test("mixes links as real pages do", () => {
    const html = pagesOf(content)
      .map((page) => page.html)
      .join("");
    const count = (pattern: RegExp): number => html.match(pattern)?.length ?? 0;
    const all = count(/(?:href|src)="/g);
    expect(count(/"\.?\.?\/?resolveuid\//g) / all).toBeGreaterThan(0.5);
    expect(count(/"\/courses\//g) / all).toBeGreaterThan(0.08);
    expect(count(/"\/images\//g) / all).toBeGreaterThan(0.07);
    expect(count(/"https?:\/\/ocw\.example\.edu\//g)).toBeGreaterThan(0);
    expect(count(/"https:\/\/ocwcms\.example\.edu\/images\//g)).toBeGreaterThan(0);
    expect(pagesOf(content).some((page) => /\/\d+\.\d-[a-z]+$/.test(page.path))).toBe(true);
  });

  test("needs at least the home page", () => {
    expect(() => generateContent({ ...shape, pagesPerCourse: 0 })).toThrow("home page");
  });
});

describe("the demo's content", () => {
  test("has three courses in two departments, a department page and a resource", () => {
    const kinds = demoContent().modules.map((module) => module.kind);
    expect(kinds.toSorted()).toEqual(["course", "course", "course", "department", "resource"]);
  });

  test("holds every form of link and of name", () => {
    const html = pagesOf(demoContent())
      .map((page) => page.html)
      .join("\n");
    const forms = [
      /href="\.\/resolveuid\/[0-9a-f]{32}"/,
      /href="resolveuid\/[0-9a-f]{32}#Grading"/,
      /href="\.\.\/resolveuid\//,
      /src="\.\/resolveuid\//,
      /href="\/courses\//,
      /href="http:\/\/ocw\.example\.edu\//,
      /src="https:\/\/ocwcms\.example\.edu\/images\//,
      /href="\{\{cms\}\}\/courses\//,
      /href="https:\/\/almanac\.example\.org\//,
      /src="gauge\.png"/,
      /%20/,
    ];
    for (const form of forms) expect(html).toMatch(form);
    const known = new Set(objectsOf(demoContent()).map((object) => object.uid));
    expect(uidsIn(demoContent()).filter((uid) => !known.has(uid))).toEqual([]);
    const names = objectsOf(demoContent()).map((object) =>
      object.path.slice(object.path.lastIndexOf("/") + 1),
    );
    const wanted = ["31.6-worked-example", "q3.pdf", "q3.PDF", "field notes.pdf", "field trip"];
    expect(names).toEqual(expect.arrayContaining(wanted));
  });
});
