import { describe, expect, it } from "vitest";
import type { SitePath } from "../../../../engine/model/site-path.ts";
import type { Document, EditionRules } from "../../../../engine/render/edition.ts";
import { mirrorEdition, relativeUrl } from "../../../../engine/render/mirror-edition.ts";
import { renderDocument } from "../../../../engine/render/render-document.ts";
import type { SiteView, Whereabouts } from "../../../../engine/render/site-view.ts";
import { webEdition } from "../../../../engine/render/web-edition.ts";

const cms = "http://cms.example:8080";
const publicUrl = "https://ocw.example.edu";

// What the site holds, by canonical URL at the source.
const here = (path: string, url: string, form: "page" | "file" = "file"): [string, Whereabouts] => [
  url,
  { kind: "here", path: path as SitePath, form, url },
];
const site = new Map<string, Whereabouts>([
  here("/courses/a/b/index.htm", "/courses/a/b/index.htm", "page"),
  here("/courses/a/b/index.htm", "/courses/a/b/", "page"),
  here("/courses/a/b/syllabus/index.htm", "/courses/a/b/syllabus", "page"),
  here("/courses/a/b/syllabus/index.htm", "/courses/a/b/syllabus/", "page"),
  here("/courses/a/b/31.6-slip/index.htm", "/courses/a/b/31.6-slip", "page"),
  here("/courses/a/b/notes.pdf", "/courses/a/b/notes.pdf"),
  here("/courses/a/b/syllabus/fig 1.png", "/courses/a/b/syllabus/fig%201.png"),
  here("/courses/a/b/all.zip", "/courses/a/b/all.zip"),
  here("/images/logo.gif", "/images/logo.gif"),
  here("/courses/a/b/list~1f206b11.pdf", "/courses/a/b/list.pdf?x=1"),
  here("/courses/a/b/\u00e9~12345678.pdf", "/courses/a/b/e%CC%81.pdf"),
  here("/portal_css/base.css", "/portal_css/base-cachekey2373.css"),
  [
    "/resolveuid/0123456789abcdef0123456789abcdef",
    { kind: "here", path: "/courses/a/b/notes.pdf" as SitePath, form: "file", url: "/courses/a/b/notes.pdf" },
  ],
]);

const view: SiteView = {
  find: async (url) => site.get(url) ?? { kind: "away", url },
  media: async () => ({ captions: [] }),
};
const source = {
  origin: cms,
  hosts: ["cms.example:8080", "ocwcms.example.edu"],
  canonical(url: URL): URL {
    const uid = /\/resolveuid\/([0-9a-f]{32})$/.exec(url.pathname);
    return uid === null ? url : new URL(`/resolveuid/${uid[1]}`, cms);
  },
};
const web = webEdition([{ suffix: ".zip", to: "/ans15436/Zip" }]);
const mirror = mirrorEdition({
  edition: "mirror/all",
  publicUrl,
  names: { claim: async (_kind, _path, [wanted = ""]) => wanted },
  amendments: [],
});

async function render(html: string, rules: EditionRules, at = "/courses/a/b/syllabus"): Promise<string> {
  const path = (rules.edition === "web" ? `${at}/index.htm` : `${at}/index.htm`) as SitePath;
  const document: Document = { sourceUrl: cms + at, path, form: "page" };
  const settings = { source, publicUrl, rules };
  const bytes = await renderDocument(Buffer.from(html), "text/html", "utf-8", document, view, settings);
  return Buffer.from(bytes).toString();
}

const base = `<base href="${cms}/courses/a/b/syllabus/" />`;

describe("the web edition", () => {
  const cases: [string, string, string][] = [
    [
      "resolves a resolveuid link",
      "./resolveuid/0123456789abcdef0123456789abcdef#p",
      "/courses/a/b/notes.pdf#p",
    ],
    ["removes the host of the CMS", `${cms}/images/logo.gif`, "/images/logo.gif"],
    ["removes an alias of the CMS", "https://ocwcms.example.edu/images/logo.gif", "/images/logo.gif"],
    ["leaves root-relative links alone", "/courses/a/b/notes.pdf", "/courses/a/b/notes.pdf"],
    ["leaves relative links that work at the origin", "fig%201.png", "fig%201.png"],
    ["leaves relative links upwards", "../notes.pdf#page=2", "../notes.pdf#page=2"],
    ["leaves links to the public site", `${publicUrl}/courses/x`, `${publicUrl}/courses/x`],
    ["leaves other sites", "http://math.example.org/", "http://math.example.org/"],
    ["leaves mail and scripts", "mailto:a@example.org", "mailto:a@example.org"],
    ["leaves fragments", "#top", "#top"],
    ["leads to where a zip is kept", "../all.zip", "/ans15436/Zip/courses/a/b/all.zip"],
    ["leads to the file that a query has", "../list.pdf?x=1#page=2", "/courses/a/b/list~1f206b11.pdf#page=2"],
    ["leads to the file that a decomposed name has", "../e&#x301;.pdf", "/courses/a/b/%C3%A9~12345678.pdf"],
    ["leads to an asset without its cache key", "/portal_css/base-cachekey2373.css", "/portal_css/base.css"],
    [
      "names the public site in a query",
      `${cms}/sendto?to=${cms}/a&b=http%3A%2F%2Fcms.example%3A8080%2Fc`,
      `/sendto?to=${publicUrl}/a&amp;b=https%3A%2F%2Focw.example.edu%2Fc`,
    ],
    ["makes no host of a folder", `${cms}//folder/%25/edit`, "/folder/%25/edit"],
    ["keeps links to other courses root-relative", `${cms}/courses/c/d`, "/courses/c/d"],
  ];
  it.each(cases)("%s", async (_, from, to) => {
    const page = (url: string, head: string) => `<HTML>\r\n${head}<A HREF='${url}' \n>é</a ><p>`;
    expect(await render(page(from, base), web)).toBe(page(to, ""));
  });

  it("makes links of a page with a dot in its name root-relative: the origin adds no slash", async () => {
    const html = `<base href="${cms}/courses/a/b/31.6-slip/"><img src=fig.png>`;
    expect(await render(html, web, "/courses/a/b/31.6-slip")).toBe(
      "<img src=/courses/a/b/31.6-slip/fig.png>",
    );
  });

  it("resolves against a base that is not the page", async () => {
    const html = `<base href="${cms}/courses/a/b/"><a href="notes.pdf">`;
    expect(await render(html, web)).toBe('<a href="/courses/a/b/notes.pdf">');
  });

  it("changes nothing else by a byte", async () => {
    const table = "<!DOCTYPE html>\n<TABLE width=3><tr><td nowrap>&nbsp;&copy;\t<br/>\r\n";
    const html = `${table}<script>if(a<b)x="/y"</script>`;
    expect(await render(html, web)).toBe(html);
  });

  it("leaves no host of the CMS, not even in scripts and escaped", async () => {
    const html =
      `<script>var u="${cms}/x",v="http:\\/\\/cms.example:8080\\/y"</script>` +
      `<!-- http%3A%2F%2Fcms.example%3A8080%2Fz -->`;
    expect(await render(html, web)).toBe(
      `<script>var u="${publicUrl}/x",v="https:\\/\\/ocw.example.edu\\/y"</script>` +
        `<!-- https%3A%2F%2Focw.example.edu%2Fz -->`,
    );
  });

  const mentions: [string, string, string][] = [
    ["by itself", "See ocwcms.example.edu.", "See ocw.example.edu."],
    ["by itself, with its port", "at CMS.example:8080, or", "at ocw.example.edu, or"],
    ["in a script", "'ocwcms.example.edu'+x", "'ocw.example.edu'+x"],
    [
      "after an escape",
      "a=%22ocwcms.example.edu%22;b='\\nocwcms.example.edu'",
      "a=%22ocw.example.edu%22;b='\\nocw.example.edu'",
    ],
    ["with a port that nobody told of", "http://ocwcms.example.edu:81/a", `${publicUrl}/a`],
    ["with an account", "//ann:secret@cms.example:8080/a", `${publicUrl}/a`],
    ["of another scheme", "ftp://ocwcms.example.edu/a", "ftp://ocw.example.edu/a"],
    ["at the end of a sentence", "(http://ocwcms.example.edu).", `(${publicUrl}).`],
  ];
  it.each(mentions)("names the public site in place of a host %s", async (_, from, to) => {
    expect(await render(`<script>${from}</script>`, web)).toBe(`<script>${to}</script>`);
    expect(await render(`<p>${from}</p>`, web)).toBe(`<p>${to}</p>`);
  });

  it.each([
    "webmaster@ocwcms.example.edu",
    "old-ocwcms.example.edu",
    "old.ocwcms.example.edu",
    "ocwcms.example.edu.org",
    "ocwcms.example.education",
    "cms.example:80801",
    "cms.example",
  ])("leaves %s, which is another name", async (name) => {
    expect(await render(`<p>${name}</p>`, web)).toBe(`<p>${name}</p>`);
  });

  it("rewrites the @import of an inline style", async () => {
    const style = (url: string) => `<style type="text/css"><!-- @import url(${url}); --></style>`;
    const sheet = "/portal_css/Plone%20Default/base.css";
    expect(await render(style(cms + sheet), web)).toBe(style(sheet));
  });
});

describe("the mirror edition", () => {
  const cases: [string, string, string][] = [
    ["ends links to pages in a file", "/courses/a/b/31.6-slip#s", "../31.6-slip/index.htm#s"],
    ["resolves resolveuid", "./resolveuid/0123456789abcdef0123456789abcdef", "../notes.pdf"],
    ["makes requisites page-relative", "/images/logo.gif", "../../../../images/logo.gif"],
    ["takes public links home", `${publicUrl}/courses/a/b/notes.pdf`, "../notes.pdf"],
    ["keeps zips beside the course", "../all.zip", "../all.zip"],
    ["ends links to folders in a file", "../#s", "../index.htm#s"],
    ["ends links to its own folder in a file", "./", "index.htm"],
    ["knows its own file by its folder", "../syllabus/#s", "index.htm#s"],
    ["leaves fragments", "#s", "#s"],
    ["keeps an empty fragment out", "../notes.pdf#", "../notes.pdf"],
    ["finds the file of a query", "../list.pdf?x=1#page=2", "../list~1f206b11.pdf#page=2"],
    ["finds public pages by any scheme", "//ocw.example.edu/courses/a/b/#s", "../index.htm#s"],
    ["goes up no further than the root", "../../../../../../images/logo.gif", "../../../../images/logo.gif"],
  ];
  it.each(cases)("%s", async (_, from, to) => {
    expect(await render(`${base}<a href="${from}">`, mirror)).toBe(`<a href="${to}">`);
  });

  const abroad: [string, string, string, string][] = [
    ["of a course that is not here", "/courses/c/d#x", `${publicUrl}/courses/c/d#x`, ""],
    ["of a query nobody saw", "../?q=1#x", `${publicUrl}/courses/a/b/?q=1#x`, ""],
    ["of other sites", "http://math.example.org/", "http://math.example.org/", "elsewhere"],
    ["of a scheme that files lack", "//math.example.org/#x", "https://math.example.org/#x", "elsewhere"],
    ["of scripts", "javascript:open('//a.example/');open('/c')", "", "elsewhere"],
  ];
  it.each(abroad)("marks links that need a network, once: %s", async (_, from, to, mark) => {
    const script = `javascript:open('https://a.example/');open('${publicUrl}/c')`;
    expect(await render(`${base}<a href="${from}">`, mirror)).toBe(
      `<a data-online="${mark}" href="${to === "" ? script : to}">`,
    );
  });

  it("marks areas, and nothing but what readers click on", async () => {
    const html = '<link href="//a.example/"><area/href=//a.example/>';
    expect(await render(html, mirror)).toBe(
      '<link href="https://a.example/"><area data-online="elsewhere"/href=https://a.example/>',
    );
  });

  it("asks no network for what pages need, and says where frames lead", async () => {
    const needed = '<img src="https://a.example/i.png#x"><script src="//a.example/s.js"></script>';
    expect(await render(needed, mirror)).toBe('<img src="data:,"><script src="data:,"></script>');
    const frame = await render('<iframe src="//a.example/?b=1&amp;c#d"></iframe>', mirror);
    const [, page = ""] = /src="data:text\/html;charset=utf-8,([^"]*)"/.exec(frame) ?? [];
    const address = "https://a.example/?b=1&amp;amp;c".replace("amp;amp;", "amp;");
    expect(decodeURIComponent(page)).toContain(`href="${address}"`);
    expect(await render('<frame src="/courses/c/d">', mirror)).toContain(encodeURIComponent(publicUrl));
  });

  it("keeps what is read far from the page absolute, and the home of the page on the live site", async () => {
    const html = `<link rel=canonical href="${cms}/courses/a/b/"><meta property="og:url" content="${cms}/x">`;
    expect(await render(html, mirror)).toBe(
      `<link rel=canonical href="${publicUrl}/courses/a/b/">` +
        `<meta property="og:url" content="${publicUrl}/x">`,
    );
  });

  it("sends forms to the live site", async () => {
    expect(await render('<form action="/courses/a/b/syllabus">', mirror)).toBe(
      `<form action="${publicUrl}/courses/a/b/syllabus">`,
    );
  });

  it("writes relative URLs that cannot be taken for a scheme", () => {
    expect(relativeUrl("/a/b.htm" as SitePath, "/a/c:d.htm" as SitePath)).toBe("./c:d.htm");
    expect(relativeUrl("/a/b.htm" as SitePath, "/a/b.htm" as SitePath)).toBe("b.htm");
    expect(relativeUrl("/b.htm" as SitePath, "/a/50% é.htm" as SitePath)).toBe("a/50%25%20%C3%A9.htm");
    expect(relativeUrl("/a/b/c.htm" as SitePath, "/a/C#?.htm" as SitePath)).toBe("../C%23%3F.htm");
  });
});

describe("documents of other kinds", () => {
  const rendered = async (bytes: Uint8Array, mediaType: string, charset?: string) => {
    const path = "/courses/a/b/syllabus/index.htm" as SitePath;
    const document: Document = { sourceUrl: `${cms}/courses/a/b/syllabus`, path, form: "page" };
    const settings = { source, publicUrl, rules: web };
    return Buffer.from(await renderDocument(bytes, mediaType, charset, document, view, settings));
  };

  it("are rendered in utf-16, which their mark tells whatever the header says", async () => {
    const page = (host: string, other: string) =>
      Buffer.from(`\ufeff<a title="é" href="${host}/courses/c">${other}/x</a>`, "utf16le");
    const bytes = await rendered(page(cms, cms), "text/html", "iso-8859-1");
    expect(bytes).toEqual(page("", publicUrl));
  });

  it("keep URLs absolute in feeds, where only the host changes", async () => {
    const feed = (host: string) => `<rss><link>${host}/c</link><enclosure url="${host}/a.mp3"/></rss>`;
    const bytes = await rendered(Buffer.from(feed(cms)), "application/rss+xml");
    expect(bytes.toString()).toBe(feed(publicUrl));
  });

  it("let applets find their classes: the codebase stays a folder, what follows it stays", async () => {
    const page = (codebase: string) => `<applet codebase="${codebase}" code="A.class"></applet>`;
    const bytes = await rendered(Buffer.from(page(`${cms}/courses/a/java`)), "text/html");
    expect(bytes.toString()).toBe(page("/courses/a/java/"));
  });
});
