import { encodePath } from "../content/encode-path.ts";
import { escapeHtml } from "../content/escape-html.ts";

/** A link of a page's navigation. */
export interface NavigationLink {
  readonly path: string;
  readonly title: string;
}

/** What the template needs. */
export interface PageView {
  readonly path: string;
  readonly title: string;
  readonly html: string;
  /** Whether the page's base address is that of a folder, with a slash at its end. */
  readonly folderish: boolean;
  readonly section: NavigationLink;
  readonly navigation: readonly NavigationLink[];
  /** Where the CMS's own stylesheet stands now. */
  readonly stylesheetPath: string;
}

/** Fills in the CMS's own address wherever content says `{{cms}}`. */
export const fillBase = (text: string, baseUrl: string): string => text.replaceAll("{{cms}}", baseUrl);

const headOf = (view: PageView, address: string, baseUrl: string): string => {
  const base = view.folderish ? `${address}/` : address;
  return `<head>
<meta http-equiv="Content-Type" content="text/html;charset=utf-8" />
<base href="${base}" /><!--[if lt IE 7]></base><![endif]-->
<title>${escapeHtml(view.title)} | ${escapeHtml(view.section.title)}</title>
<style type="text/css"><!-- @import url(${baseUrl}${encodePath(view.stylesheetPath)}); --></style>
<link rel="stylesheet" type="text/css" href="/styles/common.css" />
<link rel="kss-base-url" href="${base}" />
<script type="text/javascript" src="${baseUrl}/scripts/site.js"></script>
</head>`;
};

/** Renders a page in the site's own theme, a Plone 3 template without any edit chrome. */
export const renderPage = (view: PageView, baseUrl: string): string => {
  const address = baseUrl + encodePath(view.path);
  const anchor = ({ path, title }: NavigationLink): string =>
    `<a href="${baseUrl}${encodePath(path)}">${escapeHtml(title)}</a>`;
  const links = view.navigation.map((link) => `<li class="navTreeItem">${anchor(link)}</li>`);
  return `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
  "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
${headOf(view, address, baseUrl)}
<body class="section-courses template-custom_view" dir="ltr">
<div id="site-header"><img src="${baseUrl}/images/logo.png" alt="Home" width="180" height="48" /></div>
<div id="navigation"><p>${anchor(view.section)}</p>
<ul class="navTree">
${links.join("\n")}
</ul></div>
<div id="content">
<h1 class="documentFirstHeading">${escapeHtml(view.title)}</h1>
${fillBase(view.html, baseUrl)}
</div>
</body>
</html>
`;
};
