import type { CmsFile } from "./cms-content.ts";
import { gifFile } from "./files/gif-file.ts";
import { pngFile } from "./files/png-file.ts";
import { makeFile } from "./make-object.ts";

/** Where the CMS's own, cache-keyed stylesheet stands, decoded; the space in it is the CMS's. */
export const portalStylesheetPath = "/portal_css/Plone Default/base-cachekey2373.css";

const portalStylesheet = `/* Base rules of the site. */
body { font: 100%/1.5 Georgia, serif; background: #fff url({{cms}}/images/paper.png) repeat-x; }
#site-header { border-bottom: 1px solid #246; }
.documentDescription { font-style: italic; }
`;

const commonStylesheet = `@import "layout.css";
@import url(../styles/print.css) print;
a.external { padding-right: 12px; background: url("../images/external.gif") no-repeat right; }
#site-header h1 { background: url(/images/logo.png) no-repeat; }
`;

const layoutStylesheet = `#navigation { float: left; width: 14em; }
#content { margin-left: 15em; }
#content li { list-style-image: url('../images/bullet%20mark.gif'); }
`;

const printStylesheet = "#navigation, #site-header { display: none; }\n";

const siteScript = `document.addEventListener("DOMContentLoaded", function () {
  var links = document.querySelectorAll("#content a[href^='http']");
  for (var i = 0; i < links.length; i += 1) links[i].className += " external";
});
`;

const text = (path: string, mediaType: string, body: string): CmsFile =>
  makeFile(path, mediaType, () => Buffer.from(body));

/**
 * What the page template asks for on every page, and what those stylesheets ask for in turn.
 * Every content must hold these, else no page of it is whole.
 */
export const siteAssets = (): CmsFile[] => [
  text(portalStylesheetPath, "text/css;charset=utf-8", portalStylesheet),
  text("/styles/common.css", "text/css", commonStylesheet),
  text("/styles/layout.css", "text/css", layoutStylesheet),
  text("/styles/print.css", "text/css", printStylesheet),
  text("/scripts/site.js", "application/x-javascript", siteScript),
  makeFile("/images/logo.png", "image/png", () => pngFile("logo", 180, 48, 12)),
  makeFile("/images/paper.png", "image/png", () => pngFile("paper", 16, 64, 16)),
  makeFile("/images/external.gif", "image/gif", () => gifFile("external")),
  makeFile("/images/bullet mark.gif", "image/gif", () => gifFile("bullet")),
];
