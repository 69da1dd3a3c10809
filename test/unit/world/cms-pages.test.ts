import { describe, expect, test } from "vitest";
import { demoContent } from "../../world/content/demo-content.ts";
import { ask, askAsReader, cmsForFile } from "./cms-visit.ts";

const cms = cmsForFile();
const course = "/courses/earth-and-sky/es-101-reading-the-tides-spring-2019";
const fluids = "/courses/earth-and-sky/es-220-fluids-at-rest-fall-2020";
const uidIn = (html: string, text: string): string =>
  new RegExp(`resolveuid/([0-9a-f]{32})[^>]*>${text}`).exec(html)?.[1] ?? "no such link";

const html = async (path: string): Promise<string> => {
  const answer = await askAsReader(cms(), path);
  expect(answer.status).toBe(200);
  return answer.text();
};

describe("a page of the CMS", () => {
  test("has a base, a stylesheet import under a path with %20, and no validators", async () => {
    const answer = await askAsReader(cms(), `${course}/syllabus`);
    const { baseUrl } = cms();
    expect(answer.headers.get("content-type")).toBe("text/html;charset=utf-8");
    for (const name of ["etag", "last-modified", "cache-control"])
      expect(answer.headers.has(name)).toBe(false);
    const body = await answer.text();
    expect(body).toContain(
      `<base href="${baseUrl}${course}/syllabus/" /><!--[if lt IE 7]></base><![endif]-->`,
    );
    expect(body).toContain(
      '<style type="text/css"><!-- ' +
        `@import url(${baseUrl}/portal_css/Plone%20Default/base-cachekey2373.css); --></style>`,
    );
    expect(body).toContain(`<link rel="kss-base-url" href="${baseUrl}${course}/syllabus/" />`);
    expect(body).toContain(`<a href="${baseUrl}${course}/labs">Labs</a>`);
    expect(body).not.toContain("{{cms}}");
  });

  test("is the same with and without a slash at the end, and each time", async () => {
    const once = await html(`${course}/syllabus`);
    expect(await html(`${course}/syllabus/`)).toBe(once);
    expect(await html(`${course}/syllabus`)).toBe(once);
  });

  test("stands in for the course folder, with the folder's base", async () => {
    expect(await html(course)).toContain(`<base href="${cms().baseUrl}${course}/" />`);
    expect(await html(`${course}/index.htm`)).toContain(
      `<base href="${cms().baseUrl}${course}/index.htm" />`,
    );
    expect(await html(course)).toContain("missed a boat");
  });

  test("may have a dot or a space in its name", async () => {
    expect(await html(`${fluids}/worked-examples/31.6-worked-example`)).toContain("A Dam Door");
    expect(await html(`${fluids}/field%20trip`)).toContain(
      `<base href="${cms().baseUrl}${fluids}/field%20trip/" />`,
    );
  });

  test("and everything its template asks for is there", async () => {
    const body = await html(course);
    const assets = [...body.matchAll(/(?:url\(|src="|stylesheet"[^>]*href=")([^)"]+)/g)].map(
      (hit) => hit[1] ?? "",
    );
    expect(assets.length).toBeGreaterThanOrEqual(5);
    for (const asset of assets) {
      const url = new URL(asset, `${cms().baseUrl}${course}/`);
      expect([url.pathname, (await fetch(url)).status]).toEqual([url.pathname, 200]);
    }
    const portal = await ask(cms(), "/portal_css/Plone%20Default/base-cachekey2373.css");
    expect(await portal.text()).toContain(`url(${cms().baseUrl}/images/paper.png)`);
  });
});

test("every link of the demo's pages to the site itself leads somewhere", async () => {
  const { modules, hosts } = demoContent();
  const own = new RegExp(`^https?://(${[...hosts.cms, hosts.public].join("|")})(?=/)`);
  const pages = modules.flatMap((module) => module.objects).filter((object) => object.kind === "page");
  const reached = new Set<string>();
  for (const { path } of pages) {
    const body = await html(encodeURI(path));
    const base = /<base href="([^"]+)"/.exec(body)?.[1];
    for (const [, link = ""] of body.matchAll(/<(?:a|img|link|script)\b[^>]*?\b(?:href|src)=["']([^"']+)/g)) {
      const url = new URL(link.replace(own, cms().baseUrl), base);
      if (!reached.has(url.pathname) && url.origin === cms().baseUrl) {
        const answer = await askAsReader(cms(), url.pathname, { redirect: "follow" });
        expect([path, link, answer.status]).toEqual([path, link, 200]);
        reached.add(url.pathname);
      }
    }
  }
  expect(reached.size).toBeGreaterThan(40);
});

describe("the addresses of the CMS", () => {
  test("resolveuid redirects to the object, at any depth, with what follows", async () => {
    const uid = uidIn(await html(course), "syllabus");
    const target = `${cms().baseUrl}${course}/syllabus`;
    for (const place of ["", course, `${course}/labs`, `${course}/nowhere/at/all`]) {
      const answer = await ask(cms(), `${place}/resolveuid/${uid}`);
      expect([answer.status, answer.headers.get("location")]).toEqual([302, target]);
    }
    const deeper = await ask(cms(), `/resolveUid/${uid}/syllabus.pdf?x=1`);
    expect(deeper.headers.get("location")).toBe(`${target}/syllabus.pdf?x=1`);
  });

  test("an unknown UID is a 404 that says the link is broken", async () => {
    const answer = await ask(cms(), `${course}/resolveuid/${"0".repeat(32)}`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain("The link you followed is broken");
  });

  test("acquisition finds a page again under a repeated prefix", async () => {
    const once = await html(`${course}/syllabus`);
    expect(await html(`${course}${course}/syllabus`)).toBe(once);
    expect(await html(`${course}/labs/syllabus`)).toBe(once);
    expect((await ask(cms(), `${course}/syllabus/images/logo.png`)).status).toBe(200);
  });

  test("an unknown address is a 404, a malformed or climbing one is refused", async () => {
    expect((await askAsReader(cms(), `${course}/no-such-page`)).status).toBe(404);
    expect((await askAsReader(cms(), "/courses/constructor/packageslip.xml")).status).toBe(404);
    expect((await askAsReader(cms(), "/courses/%zz")).status).toBe(400);
    expect((await askAsReader(cms(), "/courses/a%2f..%2fb")).status).toBe(400);
  });
});
