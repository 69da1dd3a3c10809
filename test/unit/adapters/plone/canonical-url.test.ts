import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalUrl, isResolveUid } from "../../../../adapters/sources/plone/canonical-url.ts";
import { deniedUrls } from "../../../../adapters/sources/plone/denied-urls.ts";

const origin = "http://cms.example:8080";
const rules = {
  origin,
  hosts: new Set(["cms.example:8080", "ocwcms.example.edu"]),
  denied: deniedUrls.map((pattern) => new RegExp(pattern, "u")),
};
const canonical = (url: string): string | undefined => canonicalUrl(new URL(url, origin), rules)?.href;
const uid = "0123456789abcdef0123456789abcdef";

describe("the canonical form of a CMS URL", () => {
  it.each([
    ["/a/b#part", "/a/b"],
    ["/a/b/", "/a/b"],
    ["/", "/"],
    ["//a", "/a"],
    ["/a//b/./c/../d", "/a/b/d"],
    ["https://ocwcms.example.edu/images/x.gif", "/images/x.gif"],
    ["/a/b%7Ec/%e9t%C3%A9".replace("%e9", "%C3%A9"), "/a/b~c/%C3%A9t%C3%A9"],
    ["/a/été", "/a/%C3%A9t%C3%A9"],
    ["/a b", "/a%20b"],
    ["/a%2fb", "/a%2Fb"],
    ["/a%ff", "/a%FF"],
    ["/a/b?", "/a/b"],
    ["/a/b?x=%7e%2f", "/a/b?x=~%2F"],
    ["/x.pdf/view", "/x.pdf/view"],
    [`/courses/a/b/resolveuid/${uid}`, `/resolveuid/${uid}`],
    [`/courses/a/b/resolveUid/${uid}/image_preview?x=1#y`, `/resolveuid/${uid}/image_preview?x=1`],
    ["/courses/a/resolveuid", "/courses/a/resolveuid"],
  ])("of %s is %s", (url, expected) => {
    if (url === "//a") expect(canonicalUrl(new URL(`${origin}//a`), rules)?.href).toBe(`${origin}/a`);
    else expect(canonical(url)).toBe(origin + expected);
  });

  it("leaves what is not the CMS's as it is", () => {
    for (const url of [
      "mailto:a@b.example",
      "ftp://cms.example:8080/x",
      "http://cms.example/a/",
      "https://x.example/a#b",
    ])
      expect(canonical(url)).toBe(url);
  });

  it("is its own canonical form, whatever the URL", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30, unit: "grapheme" }), (text) => {
        if (!URL.canParse(text, `${origin}/a/`)) return;
        const once = canonicalUrl(new URL(text, `${origin}/a/`), rules);
        if (once !== undefined) expect(canonicalUrl(once, rules)?.href).toBe(once.href);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("URLs never to be requested", () => {
  it.each([
    "/a/delete_confirmation",
    "/a/object_cut",
    "/a/object_rename?x=1",
    "/a/folder_delete",
    "/a/content_status_modify?workflow_action=retract",
    "/a/content_status_history",
    "/a/createObject?type_name=Document",
    "/a/select_default_page",
    "/a/selectViewTemplate?templateId=x",
    "/a/+add+Document",
    "/a/++add++Document",
    "/a/sendto_form",
    "/a/login_form",
    "/login",
    "/logout",
    "/logged_out",
    "/acl_users/credentials_cookie_auth/require_login?came_from=x",
    "/a/RSS",
    "/a/edit",
    "/search",
    "/search?SearchableText=x",
    "/a/@@search",
    "/a?searchterm=x",
    "/a?b_start:int=20",
    "/a?b_start%3Aint=20",
    "/a?x=1&sort_on=modified",
    "/a?month:int=3&year:int=2020",
    "/a/%64elete_confirmation",
    "/a/delete%5Fconfirmation",
    "/a/delete_confirmation/",
    "/a/delete_confirmation#x",
    "/a/object_cut/b",
  ])("%s", (url) => {
    expect(canonical(url)).toBeUndefined();
  });

  it.each([
    "/a/form",
    "/a/entrance_form.pdf",
    "/a/research",
    "/a/rss.xml",
    "/a/login-shells",
    "/a/editors",
    "/a?month=3",
  ])("do not include %s", (url) => {
    expect(canonical(url)).toBe(origin + url);
  });
});

describe("a resolveuid link", () => {
  it("is told from a path that merely holds the word", () => {
    expect(isResolveUid(new URL(`${origin}/resolveuid/${uid}`))).toBe(true);
    expect(isResolveUid(new URL(`${origin}/courses/resolveuid`))).toBe(false);
  });
});
