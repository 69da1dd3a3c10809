import { describe, expect, test } from "vitest";
import { ask, basic, cmsForFile, reader } from "./cms-visit.ts";

const cms = cmsForFile();
const page = "/courses/earth-and-sky/es-101-reading-the-tides-spring-2019/syllabus";
const image = "/courses/earth-and-sky/es-101-reading-the-tides-spring-2019/harbour.jpg";

const postLogin = (fields: Record<string, string>): Promise<Response> =>
  ask(cms(), "/login_form", {
    method: "POST",
    body: new URLSearchParams({
      "form.submitted": "1",
      cookies_enabled: "1",
      js_enabled: "0",
      ...fields,
    }),
  });

describe("the login of the CMS", () => {
  test("sends an anonymous reader of a page to a login form that says 200", async () => {
    const refused = await ask(cms(), page);
    expect(refused.status).toBe(302);
    const location = refused.headers.get("location") ?? "";
    const cameFrom = encodeURIComponent(cms().baseUrl + page);
    const form = `${cms().baseUrl}/acl_users/credentials_cookie_auth/require_login`;
    expect(location).toBe(`${form}?came_from=${cameFrom}`);
    const shown = await fetch(location);
    expect(shown.status).toBe(200);
    expect(shown.headers.get("content-type")).toBe("text/html;charset=utf-8");
    const html = await shown.text();
    expect(html).toContain('name="__ac_name"');
    expect(html).toContain('name="__ac_password"');
  });

  test("lets anyone see files and images", async () => {
    expect((await ask(cms(), image)).status).toBe(200);
  });

  test("keeps the course folder private, since its default page is", async () => {
    expect((await ask(cms(), page.replace("/syllabus", ""))).status).toBe(302);
  });

  test("takes the form's name and password and gives a cookie that opens pages", async () => {
    const loggedIn = await postLogin({ __ac_name: reader.name, __ac_password: reader.password });
    expect(loggedIn.status).toBe(302);
    const cookie = (loggedIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    expect(cookie).toMatch(/^__ac="/);
    expect((await ask(cms(), page, { headers: { cookie } })).status).toBe(200);
    cms().expireSessions();
    expect((await ask(cms(), page, { headers: { cookie } })).status).toBe(302);
  });

  test("answers a wrong password with the form and 200, and no cookie", async () => {
    const failed = await postLogin({ __ac_name: reader.name, __ac_password: "guess" });
    expect(failed.status).toBe(200);
    expect(failed.headers.get("set-cookie")).toBeNull();
    expect(await failed.text()).toContain("__ac_password");
  });

  test("goes back where the reader came from, but not to another host", async () => {
    const right = { __ac_name: reader.name, __ac_password: reader.password };
    const back = await postLogin({ ...right, came_from: cms().baseUrl + page });
    expect(back.headers.get("location")).toBe(cms().baseUrl + page);
    const away = await postLogin({ ...right, came_from: "https://elsewhere.example.org/" });
    expect(away.headers.get("location")).toBe(`${cms().baseUrl}/`);
  });

  test("takes HTTP Basic, and sends wrong credentials to the form even for a public file", async () => {
    expect((await ask(cms(), page, { headers: basic(reader) })).status).toBe(200);
    const wrong = basic({ name: reader.name, password: "guess" });
    expect((await ask(cms(), image, { headers: wrong })).status).toBe(302);
    const followed = await fetch(cms().baseUrl + image, { headers: wrong });
    expect(followed.status).toBe(200);
    expect(followed.url).toContain("/require_login");
  });
});
