import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalUrl, isResolveUid } from "../../../../adapters/sources/plone/canonical-url.ts";
import { deniedUrls } from "../../../../adapters/sources/plone/denied-urls.ts";
import { editorViews } from "../../../world/cms/page-traits.ts";

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

/** For each entry of the list, in its order, URLs that it denies. */
const deniedBy: readonly (readonly string[])[] = [
  ["/a/sendto_form", "/a/login_form", "/a/folder_rename_form?x=1", "/join_form/"],
  ["/a/createObject?type_name=Document", "/a/select_default_page", "/a/selectViewTemplate?templateId=x"],
  ["/a/object_cut", "/a/object_rename?x=1", "/a/folder_delete", "/a/object_cut/b", "/a/folder_contents"],
  ["/a/delete_confirmation", "/a/%64elete_confirmation", "/a/delete%5Fconfirmation/#x", "/a/addtoFavorites"],
  ["/a/content_status_modify?workflow_action=retract", "/a/content_status_history"],
  ["/a/+add+Document", "/a/++add++Document"],
  ["/a/@@search", "/@@personal-preferences", "/a/@@manage-portlets", "/a/@@object_cut"],
  ["/a/@@folder_contents", "/a/@@historyview?x=1", "/@@contact-info", "/@@register", "/@@confirm-action"],
  ["/a/edit", "/a/@@edit", "/a/base_edit", "/a/manage_main", "/a/sharing"],
  ["/a/portal_factory/Document/x", "/a/placeful_workflow_configuration", "/prefs_install_products"],
  ["/a/kssactions/x", "/a/sendto", "/mail_password"],
  [
    "/login",
    "/a/@@login",
    "/logout",
    "/logged_out",
    "/login_success",
    "/acl_users/credentials_cookie_auth/require_login",
  ],
  ["/a?_authenticator=1", "/a?x=1&_ZopeId=2", "/a?portal_status_message=Saved", "/a?came_from=/b"],
  ["/a/RSS", "/a/pdf.html", "/a/print.html", "/a/search_rss?x=1", "/a/ics_view"],
  ["/search", "/search?x=1", "/search/"],
  [
    "/a?searchterm=x",
    "/a?SearchableText=x",
    "/a?b_start:int=20",
    "/a?b_start%3Aint=20",
    "/a?x=1&sort_on=modified",
    "/a?sort_order=reverse&reversed=1",
    "/a?reversed=1",
    "/a?month:int=3&x=1",
    "/a?x=1&year:int=2020",
  ],
];

describe("URLs never to be requested", () => {
  it.each(deniedUrls.map((pattern, at) => [pattern, deniedBy[at] ?? []] as const))(
    "by %s",
    (pattern, urls) => {
      const alone = { ...rules, denied: [new RegExp(pattern, "u")] };
      expect(urls).not.toEqual([]);
      for (const url of urls) {
        expect(canonicalUrl(new URL(url, origin), alone)).toBeUndefined();
        expect(canonical(url)).toBeUndefined();
      }
    },
  );

  it("are all that the CMS offers an editor", () => {
    for (const view of editorViews) expect(canonical(`/a/${view}`)).toBeUndefined();
  });

  it.each([
    "/a/form",
    "/a/entrance_form.pdf",
    "/a/research",
    "/a/rss.xml",
    "/a/login-shells",
    "/a/editors",
    "/a?month=3",
    "/a/search",
    "/a/print.html.pdf",
    "/++theme++site/a.css",
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
