import type { CmsObject, CmsPage } from "../content/cms-content.ts";
import { encodePath } from "../content/encode-path.ts";
import { escapeHtml } from "../content/escape-html.ts";
import { uidOf } from "../content/make-object.ts";
import { portalStylesheetPath } from "../content/site-assets.ts";
import { type Answer, htmlAnswer } from "./answer.ts";
import type { Asked, CmsParts } from "./asked.ts";
import type { CmsIndex } from "./cms-index.ts";
import { fileAnswer } from "./file-answer.ts";
import { headAnswer } from "./head-answer.ts";
import { loginRedirect } from "./login-pages.ts";
import type { Found } from "./object-tree.ts";
import { pageExtras } from "./page-traits.ts";
import { type NavigationLink, renderPage } from "./render-page.ts";

const site: NavigationLink = { path: "/", title: "Home" };

/** The pages right under the module's folder, but for the one the folder itself shows. */
const navigationOf = (index: CmsIndex, modulePath: string): NavigationLink[] =>
  index
    .childrenOf(modulePath)
    .flatMap(({ object }) => (object?.kind === "page" && object.folderish ? [object] : []));

const stylesheetPathOf = (index: CmsIndex): string =>
  index.byUid(uidOf(portalStylesheetPath))?.path ?? portalStylesheetPath;

const pageAnswer = (page: CmsPage, shownAt: string, asked: Asked, parts: CmsParts): Answer => {
  const { index, baseUrl } = parts;
  const section = index.moduleOf(page.path)?.facts ?? site;
  const view = {
    path: shownAt,
    title: page.title,
    html: page.html + pageExtras(page.path, baseUrl + encodePath(shownAt), asked, parts),
    folderish: page.folderish || shownAt !== page.path,
    section,
    navigation: navigationOf(index, section.path),
    stylesheetPath: stylesheetPathOf(index),
  };
  return htmlAnswer(renderPage(view, baseUrl));
};

const listingAnswer = (path: string, title: string, { index, baseUrl }: CmsParts): Answer => {
  const rows = index.childrenOf(path).map((child) => {
    const name = escapeHtml(child.object?.title ?? child.path.slice(path.length + 1));
    return `<li><a href="{{cms}}${encodePath(child.path)}">${name}</a></li>`;
  });
  const html = `<ul>${rows.join("")}</ul>`;
  const stylesheetPath = stylesheetPathOf(index);
  const frame = { folderish: true, section: site, navigation: [], stylesheetPath };
  return htmlAnswer(renderPage({ path, title, html, ...frame }, baseUrl));
};

const isPrivate = (object: CmsObject | undefined): boolean => object?.viewRole !== "Anonymous";

const shownObject = ({ path, object }: Found, index: CmsIndex): CmsObject | undefined =>
  object?.kind === "folder" && object.defaultPage !== undefined
    ? (index.byPath(`${path}/${object.defaultPage}`) ?? object)
    : object;

/** Answers for an object or folder; undefined when nothing is found under the address. */
export const objectAnswer = (
  segments: readonly string[],
  asked: Asked,
  parts: CmsParts,
): Answer | undefined => {
  const found = parts.index.traverse(segments);
  if (found === undefined) return undefined;
  const object = shownObject(found, parts.index);
  const locked = isPrivate(object) || (found.object !== undefined && isPrivate(found.object));
  if (locked && asked.visitor.kind !== "account") return loginRedirect(parts.baseUrl, asked.target);
  if (asked.method === "HEAD") {
    return object && headAnswer(object, segments.at(-1) ?? "", parts.baseUrl);
  }
  if (object?.kind === "file") return fileAnswer(object, asked.headers, parts.baseUrl);
  if (object?.kind === "page") {
    const shownAt = parts.traits.has("acquisition") ? `/${segments.join("/")}` : found.path;
    return pageAnswer(object, shownAt, asked, parts);
  }
  return listingAnswer(found.path, object?.title ?? "Contents", parts);
};
