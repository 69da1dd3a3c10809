import { afterEach, describe, expect, test } from "vitest";
import type { CmsTrait } from "../../world/cms/cms-trait.ts";
import { editorViews } from "../../world/cms/page-traits.ts";
import { portalStylesheetPath } from "../../world/content/site-assets.ts";
import { ask, askAsReader, cmsForFile, reader } from "./cms-visit.ts";

const cms = cmsForFile();
const course = "/courses/earth-and-sky/es-101-reading-the-tides-spring-2019";
const page = `${course}/labs`;

afterEach(() => cms().traits.clear());

const textOf = async (path: string): Promise<string> => {
  const answer = await askAsReader(cms(), path);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.text();
};

/** The links of a page, as a browser would resolve them. */
const linksOf = async (path: string): Promise<URL[]> => {
  const html = await textOf(path);
  const base = /<base href="([^"]+)"/.exec(html)?.[1];
  return [...html.matchAll(/<a href="([^"]+)"/g)].map(
    ([, link = ""]) => new URL(link.replaceAll("&amp;", "&"), base),
  );
};

const newLinks = async (trait: CmsTrait, path = page): Promise<URL[]> => {
  const before = (await linksOf(path)).map(({ href }) => href);
  cms().traits.add(trait);
  return (await linksOf(path)).filter(({ href }) => !before.includes(href));
};

describe("the traits of the CMS's pages", () => {
  test("calendar leads to the months around, for ever", async () => {
    const [before, after] = await newLinks("calendar");
    expect(before?.search).toBe("?month:int=3&year:int=2019");
    expect(after?.search).toBe("?month:int=5&year:int=2019");
    const turn = await linksOf(`${page}?month:int=12&year:int=2019`);
    expect(turn.at(-1)?.search).toBe("?month:int=1&year:int=2020");
  });

  test("sort-links and session-ids give a page other addresses, the latter new ones each time", async () => {
    const sorted = await newLinks("sort-links");
    expect(sorted.map(({ pathname }) => pathname)).toEqual([page, page, page]);
    const [first] = await newLinks("session-ids");
    const [second] = (await linksOf(page)).slice(-1);
    expect(first?.searchParams.get("_ZopeId")).toMatch(/^\d{8}A3xY$/);
    expect(second?.href).not.toBe(first?.href);
  });

  test("edit-links offers an editor's views, and each answers", async () => {
    expect((await askAsReader(cms(), `${page}/object_cut`)).status).toBe(404);
    const links = await newLinks("edit-links");
    expect(links).toHaveLength(editorViews.length);
    for (const { pathname, search } of links)
      expect(await textOf(pathname + search)).toMatch(/^<p>Your changes are done/);
  });

  test("noise is new with each request, the content is not", async () => {
    const before = await textOf(page);
    cms().traits.add("noise");
    const [one, other] = [await textOf(page), await textOf(page)];
    expect(one).not.toBe(other);
    for (const noisy of [one, other])
      expect(
        noisy.replace(/\n<input type="hidden" name="_authenticator" value="\w{32}" \/><!-- .* -->/, ""),
      ).toBe(before);
  });

  test("acquisition makes the space of pages infinite", async () => {
    const seen = [page];
    for (const _ of [1, 2, 3]) {
      const [link] = await newLinks("acquisition", seen.at(-1));
      cms().traits.clear();
      seen.push(link?.pathname ?? "");
    }
    const course2 = course.slice(course.lastIndexOf("/"));
    expect(seen.at(-1)).toBe(`${page}${`${course2}/labs`.repeat(3)}`);
  });
});

describe("what else happens in a CMS", () => {
  test("a page that is moved redirects from its old path for good, with all beneath it", async () => {
    const { baseUrl } = cms();
    cms().move(page, `${course}/field-work`);
    for (const below of ["", "/gauge.png"]) {
      const moved = await askAsReader(cms(), page + below);
      expect([moved.status, moved.headers.get("location")]).toEqual([
        301,
        `${baseUrl}${course}/field-work${below}`,
      ]);
    }
    expect(await textOf(`${course}/field-work`)).toContain("Read the gauge every hour");
    expect(await textOf(`${course}/packageslip.xml`)).toContain(`${course}/field-work<`);
    expect(await textOf(`${course}/packageslip.xml`)).not.toContain(`${page}<`);
    expect(() => cms().move(course, "/courses/elsewhere")).toThrow("is a module");
    expect(() => cms().move("/nowhere", "/courses/elsewhere")).toThrow("holds no /nowhere");
  });

  test("a saved registry gives the stylesheet another name and the same bytes", async () => {
    const before = await (await ask(cms(), encodeURI(portalStylesheetPath))).text();
    cms().saveRegistry();
    const next = portalStylesheetPath.replace("2373", "2374");
    expect(await textOf(`${course}/syllabus`)).toContain(`@import url(${cms().baseUrl}${encodeURI(next)})`);
    expect(await (await ask(cms(), encodeURI(next))).text()).toBe(before);
    expect((await ask(cms(), encodeURI(portalStylesheetPath))).status).toBe(404);
  });

  test("a ticket may open so many requests and no more", async () => {
    const lift = await cms().inject({ name: "ticket-expires", afterRequests: 2 });
    const body = new URLSearchParams({
      "form.submitted": "1",
      cookies_enabled: "1",
      __ac_name: reader.name,
      __ac_password: reader.password,
    });
    const loggedIn = await ask(cms(), "/login_form", { method: "POST", body });
    const cookie = loggedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
    const status = async () => (await ask(cms(), `${course}/syllabus`, { headers: { cookie } })).status;
    expect([await status(), await status(), await status()]).toEqual([200, 200, 302]);
    await lift();
    expect(await status()).toBe(302);
  });
});
