import { describe, expect, test } from "vitest";
import { demoContent } from "../../world/content/demo-content.ts";
import { makeFile, makePage } from "../../world/content/make-object.ts";
import { ask, askAsReader, basic, cmsForFile, workflow } from "./cms-visit.ts";

const cms = cmsForFile();
const tides = "/courses/earth-and-sky/es-101-reading-the-tides-spring-2019";
const counting = "/courses/numbers-and-shapes/ns-050-counting-carefully-fall-2018";
const fluids = "/courses/earth-and-sky/es-220-fluids-at-rest-fall-2020";

const textOf = async (path: string): Promise<string> => (await askAsReader(cms(), path)).text();
const listed = async (path: string): Promise<Record<string, string> | undefined> => {
  const { modules } = JSON.parse(await textOf("/module_listing"));
  return modules.find((module: { path: string }) => module.path === path);
};
const post = (path: string, action: string, headers = basic(workflow)): Promise<Response> =>
  ask(cms(), `${path}/content_status_modify`, {
    method: "POST",
    headers,
    body: new URLSearchParams({ workflow_action: action }),
  });

describe("the declarations of a module", () => {
  test("the packing slip names pages and always published files, not merely linked ones", async () => {
    const answer = await askAsReader(cms(), `${tides}/packageslip.xml`);
    expect(answer.headers.get("content-type")).toContain("text/xml");
    expect(await answer.text()).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<packageslip>
<module_type>Course</module_type>
<module_short_id>es-101-spring-2019</module_short_id>
<department_code>ES</department_code>
<zip_required>true</zip_required>
<hasJSON>true</hasJSON>
<resource_list>
<resource type="page">${tides}/index.htm</resource>
<resource type="page">${tides}/syllabus</resource>
<resource type="page">${tides}/lecture-notes</resource>
<resource type="page">${tides}/video-lectures</resource>
<resource type="page">${tides}/video-lectures/lecture-1-the-moon-pulls</resource>
<resource type="page">${tides}/labs</resource>
<resource type="page">${tides}/download-course-materials</resource>
<resource type="file">${tides}/video-lectures/lecture-1-the-moon-pulls/moon-pulls.srt</resource>
</resource_list>
<rss_feeds/>
<json_files/>
<dependent_modules><module>/courses/earth-and-sky</module></dependent_modules>
<linked_dept_ids/>
</packageslip>
`);
  });

  test("stand beside every module, for the logged-in alone", async () => {
    for (const { path } of demoContent().modules) {
      expect(await textOf(`${path}/packageslip.xml`)).toContain("<resource_list>");
      expect(JSON.parse(await textOf(`${path}/index.json`))).toMatchObject({ path });
      expect((await ask(cms(), `${path}/packageslip.xml`)).status).toBe(302);
      expect((await ask(cms(), `${path}/index.json`)).status).toBe(302);
    }
    expect((await askAsReader(cms(), `${tides}/labs/packageslip.xml`)).status).toBe(404);
  });

  test("the listing gives state and a revision that tells of any change", async () => {
    expect((await ask(cms(), "/module_listing")).status).toBe(302);
    const first = await listed(counting);
    expect(first).toMatchObject({
      kind: "course",
      title: "Counting Carefully",
      state: "scheduled_for_staging",
    });
    expect(await listed(counting)).toEqual(first);
    const other = await listed(tides);
    const revisions = new Set([first?.revision]);
    const note = () => listed(counting).then((module) => revisions.add(module?.revision));
    cms().edit(`${counting}/syllabus`, (html) => html.replace("beans", "lentils"));
    await note();
    cms().replace(`${counting}/assignments/beans.pdf`, Buffer.from("%PDF-1.4"));
    await note();
    cms().add(
      counting,
      makeFile(`${counting}/extra.txt`, "text/plain", () => Buffer.from("x"), true),
    );
    await note();
    cms().remove(`${counting}/assignments`);
    await note();
    expect(revisions.size).toBe(5);
    expect(await listed(tides)).toEqual(other);
    expect(await textOf(`${counting}/syllabus`)).toContain("lentils");
    expect(await textOf(`${counting}/packageslip.xml`)).toContain(`type="file">${counting}/extra.txt<`);
    expect((await ask(cms(), `${counting}/assignments/beans.pdf`)).status).toBe(404);
  });

  test("edits of what is not there, or is taken, are refused", () => {
    expect(() => cms().edit("/nowhere", (html) => html)).toThrow("holds no /nowhere");
    expect(() => cms().edit("/images/logo.png", (html) => html)).toThrow("not a page");
    expect(() => cms().add("/nowhere", makePage("/nowhere/x", "X", ""))).toThrow("no module /nowhere");
    expect(() => cms().add(tides, makePage(`${fluids}/x`, "X", ""))).toThrow("not under");
    expect(() => cms().add(tides, makePage(`${tides}/labs`, "X", ""))).toThrow("already holds");
  });
});

describe("the workflow call-back", () => {
  test("moves the module and writes its history, without a new revision", async () => {
    const before = await listed(tides);
    const answer = await post(tides, "mark_staged");
    expect([answer.status, answer.headers.get("location")]).toEqual([302, cms().baseUrl + tides]);
    expect((await post(tides, "mark_published")).status).toBe(302);
    expect(await listed(tides)).toEqual({ ...before, state: "published_in_production" });
    expect((await post(tides, "mark_staged")).status).toBe(302);
    expect(
      cms()
        .history(tides)
        .map((step) => [step.action, step.actor, step.state]),
    ).toEqual([
      ["mark_staged", workflow.name, "staged"],
      ["mark_published", workflow.name, "published_in_production"],
      ["mark_staged", workflow.name, "published_in_production"],
    ]);
  });

  test("refuses what the state does not allow, and unknown actions, with 400", async () => {
    expect((await post(fluids, "mark_published")).status).toBe(400);
    expect((await post(fluids, "unlock")).status).toBe(400);
    cms().schedule(fluids, "unlocked_for_editing");
    expect((await post(fluids, "mark_staged")).status).toBe(400);
    expect((await listed(fluids))?.state).toBe("unlocked_for_editing");
    const byGet = `${fluids}/content_status_modify?workflow_action=mark_staged`;
    expect((await ask(cms(), byGet, { headers: basic(workflow) })).status).toBe(400);
  });

  test("sends every other account to the login form", async () => {
    const steps = cms().history(fluids).length;
    expect((await askAsReader(cms(), `${fluids}/content_status_modify`, { method: "POST" })).status).toBe(
      302,
    );
    expect((await post(fluids, "mark_staged", {})).status).toBe(302);
    expect(cms().history(fluids).length).toBe(steps);
  });

  test("a module that is removed leaves the listing", async () => {
    cms().remove(fluids);
    expect(await listed(fluids)).toBeUndefined();
    expect((await askAsReader(cms(), `${fluids}/syllabus`)).status).toBe(404);
    expect((await askAsReader(cms(), `${fluids}/packageslip.xml`)).status).toBe(404);
  });
});
