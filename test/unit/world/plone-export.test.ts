import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { exportFolder, hasExport } from "../../world/content/export-folder.ts";
import { readPloneExport } from "../../world/content/plone-export.ts";
import { parseZopeDate } from "../../world/content/zope-date.ts";
import { askAsReader, cmsForFile } from "./cms-visit.ts";

const common = (path: string, uid: string, type: string) => ({
  _type: type,
  _path: path,
  _uid: uid.repeat(32),
  _permissions: { View: { acquire: false, roles: ["Authenticated"] } },
  title: type,
  modification_date: "2019/09/25 17:47:34.670 GMT-4",
});
const root = "/Plone/courses/dept/course";
const course = {
  ...common(root, "a", "Course"),
  _defaultpage: "index.htm",
  _workflow_history: {
    module_workflow: [
      { action: null, actor: "admin", review_state: "staged", time: "2019/09/25 17:47:34 Universal" },
    ],
  },
  id: "course",
  master_course_number: "12.001",
};
const section = {
  ...common(`${root}/syllabus`, "b", "CourseSection"),
  text: `<img src="/images/x.png"><img src="https://ocwcms.mit.edu/images/y.gif">
<a href="/images/z.png">z</a>`,
};
const held = (data: string) => ({
  ...common(`${root}/syllabus/a.pdf`, "c", "OCWFile"),
  always_publish: true,
  _datafield_file: { content_type: "application/pdf", data },
});

const folders: string[] = [];
const write = async (...objects: readonly unknown[]): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "export-"));
  folders.push(folder);
  const jsons = join(folder, "course-1", "jsons");
  await mkdir(jsons, { recursive: true });
  for (const [at, object] of objects.entries()) {
    const text = typeof object === "string" ? object : JSON.stringify(object);
    await writeFile(join(jsons, `${at + 1}.json`), text);
  }
  return folder;
};
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

describe("an export", () => {
  test("becomes a module with generated files and the site images its pages show", async () => {
    const { modules, assets } = await readPloneExport(await write(course, section, held("ZW1wdHk=")));
    expect(modules).toMatchObject([{ path: "/courses/dept/course", state: "staged", departmentCode: "12" }]);
    const [folder, page, file] = modules[0]?.objects ?? [];
    expect(folder).toMatchObject({ kind: "folder", defaultPage: "index.htm" });
    expect(page).toMatchObject({ kind: "page", viewRole: "Authenticated", html: section.text });
    if (file?.kind !== "file") throw new Error("no file");
    expect(Buffer.from(file.body()).toString("latin1", 0, 5)).toBe("%PDF-");
    expect(file.body()).toEqual(file.body());
    const paths = assets.map((asset) => asset.path);
    expect(paths).toEqual(expect.arrayContaining(["/images/x.png", "/images/y.gif"]));
    expect(paths).not.toContain("/images/z.png");
  });

  test("keeps the bytes that an export does hold", async () => {
    const { modules } = await readPloneExport(await write(course, section, held("aGVsbG8=")));
    const file = modules[0]?.objects[2];
    expect(file?.kind === "file" && Buffer.from(file.body()).toString()).toBe("hello");
  });

  const bad: readonly (readonly [string, readonly unknown[], RegExp])[] = [
    ["no JSON", [course, "{"], /2\.json/],
    ["an unknown type", [course, { ...section, _type: "Rootkit" }], /2\.json.*_type/],
    ["a UID that is none", [course, { ...section, _uid: "../x" }], /2\.json.*_uid/],
    ["a path that climbs", [course, { ...section, _path: `${root}/../../etc` }], /2\.json.*_path/],
    ["a path elsewhere", [course, { ...section, _path: "/etc/passwd" }], /2\.json.*_path/],
    ["a backslash", [course, { ...section, _path: `${root}\\x` }], /2\.json.*_path/],
    ["HTML that is no text", [course, { ...section, text: 7 }], /2\.json.*text/],
    ["a doubled UID", [course, section, { ...section, _path: `${root}/other` }], /3\.json repeats the UID/],
    ["a doubled path", [course, section, { ...section, _uid: "d".repeat(32) }], /3\.json repeats the path/],
    ["an orphan", [course, { ...section, _path: `${root}/no/where` }], /no parent/],
    ["no course", [section], /0 Course objects/],
  ];
  test.each(bad)("with %s is refused, and the file is named", async (_, objects, complaint) => {
    await expect(readPloneExport(await write(...objects))).rejects.toThrow(complaint);
  });

  test("that is not there is refused", async () => {
    await expect(readPloneExport("/nowhere/at/all")).rejects.toThrow("/nowhere/at/all");
  });
});

test("Zope's dates are read in their zones, and nothing else is", () => {
  const iso = (text: string): string => parseZopeDate(text).toISOString();
  expect(iso("2019/09/25 17:47:34.670 Universal")).toBe("2019-09-25T17:47:34.670Z");
  expect(iso("2019/09/25 17:47:34.670 GMT-4")).toBe("2019-09-25T21:47:34.670Z");
  expect(iso("2012/01/02 03:04:05 US/Eastern")).toBe("2012-01-02T08:04:05.000Z");
  for (const text of ["None", "2019/13/25 17:47:34 Universal", "2019/09/25 17:47:34 Mars"]) {
    expect(() => parseZopeDate(text)).toThrow("not a Zope date");
  }
});

describe.runIf(hasExport)("the two real courses", async () => {
  const content = hasExport ? await readPloneExport(exportFolder) : undefined;
  const cms = cmsForFile(content);

  test("are there as exported", () => {
    const counts = content?.modules.map(({ path, state, objects }) => ({
      path,
      state,
      pages: objects.filter((object) => object.kind === "page" && object.viewRole === "Authenticated").length,
      files: objects.filter((object) => object.kind === "file" && object.viewRole === "Anonymous").length,
      declared: objects.filter((object) => object.kind === "file" && object.alwaysPublish).length,
    }));
    expect(counts).toEqual([
      {
        path: "/courses/mathematics/18-06-linear-algebra-spring-2010",
        state: "published_in_production",
        pages: 48,
        files: 172,
        declared: 73,
      },
      {
        path: "/courses/earth-atmospheric-and-planetary-sciences/12-001-introduction-to-geology-fall-2013",
        state: "published_in_production",
        pages: 13,
        files: 87,
        declared: 0,
      },
    ]);
  });

  test("are served whole: every page, and every image a page shows", async () => {
    const asked = new Set<string>();
    for (const object of content?.modules.flatMap((module) => module.objects) ?? []) {
      if (object.kind !== "page") continue;
      const page = await askAsReader(cms(), object.path);
      expect([object.path, page.status]).toEqual([object.path, 200]);
      const html = await page.text();
      const base = /<base href="([^"]+)"/.exec(html)?.[1];
      for (const [, source = ""] of html.matchAll(/<img\b[^>]*?\bsrc="([^"]+)"/g)) {
        const url = new URL(source.replace("https://ocwcms.mit.edu", cms().baseUrl), base);
        asked.add(url.pathname);
      }
    }
    expect(asked.size).toBeGreaterThan(50);
    for (const path of asked) {
      const answer = await askAsReader(cms(), path, { redirect: "follow" });
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers.get("content-type")).toMatch(/^image\//);
    }
  });
});
