import { uidOf } from "../content/make-object.ts";
import { type Answer, htmlAnswer } from "./answer.ts";
import type { Asked, CmsParts } from "./asked.ts";
import type { CmsTrait } from "./cms-trait.ts";

/** What Plone 3 offers an editor beside a page, each but the last few changing something by a mere GET. */
export const editorViews: readonly string[] = [
  "object_cut",
  "object_copy",
  "object_paste",
  "object_rename",
  "delete_confirmation",
  "folder_delete",
  "content_status_modify?workflow_action=retract",
  "createObject?type_name=Document",
  "+add+Document",
  "select_default_page",
  "selectViewTemplate?templateId=folder_listing",
  "addtoFavorites",
  "edit",
  "base_edit",
  "atct_edit",
  "@@manage-portlets",
  "sharing",
  "folder_constraintypes_form",
  "placeful_workflow_configuration",
  "content_status_history",
  "folder_contents",
  "sendto_form",
  "print.html",
  "pdf.html",
  "RSS",
  "logout",
];

const viewName = (view: string): string => view.split("?")[0] ?? "";
const viewNames: ReadonlySet<string> = new Set(editorViews.map(viewName));

const anchor = (href: string, text: string): string =>
  `<a href="${href.replaceAll("&", "&amp;")}">${text}</a>`;

const monthLinks = (address: string, target: string): string => {
  const query = new URLSearchParams(target.split("?")[1]);
  const shown = Number(query.get("year:int") ?? 2019) * 12 + Number(query.get("month:int") ?? 4) - 1;
  const link = (month: number, text: string): string =>
    anchor(`${address}?month:int=${(month % 12) + 1}&year:int=${Math.floor(month / 12)}`, text);
  return `<p>${link(shown - 1, "«")} ${shown} ${link(shown + 1, "»")}</p>`;
};

const extras: Readonly<
  Record<CmsTrait, (address: string, asked: Asked, parts: CmsParts, path: string) => string>
> = {
  calendar: (address, { target }) => monthLinks(address, target),
  "sort-links": (address) =>
    ["sort_on=Title", "sort_on=modified&reversed=1", "b_start:int=20&-C="]
      .map((query) => anchor(`${address}?${query}`, "More"))
      .join(" "),
  "session-ids": (address, _asked, { count }) =>
    anchor(`${address}?_ZopeId=${String(count()).padStart(8, "0")}A3xY`, "This page"),
  "edit-links": (address) =>
    editorViews.map((view) => anchor(`${address}/${view}`, viewName(view))).join(" "),
  noise: (_address, _asked, { count }) => {
    const number = count();
    const seen = new Date(number * 60_000).toUTCString();
    return `<input type="hidden" name="_authenticator" value="${uidOf(String(number))}" /><!-- ${seen} -->`;
  },
  acquisition: (_address, _asked, _parts, path) => anchor(path.split("/").slice(-2).join("/"), "Here again"),
};

/** What the traits that are on add to a page, which stands at `path` and is shown at `address`. */
export const pageExtras = (path: string, address: string, asked: Asked, parts: CmsParts): string =>
  [...parts.traits].map((trait) => `\n${extras[trait](address, asked, parts, path)}`).join("");

/** Answers a view that the trait `edit-links` offers; undefined when it is none, or the trait off. */
export const editorViewAnswer = (segments: readonly string[], parts: CmsParts): Answer | undefined => {
  const view = segments.at(-1) ?? "";
  if (!parts.traits.has("edit-links") || !viewNames.has(view)) return undefined;
  return (
    parts.index.traverse(segments.slice(0, -1)) && htmlAnswer(`<p>Your changes are done: ${view}.</p>\n`)
  );
};
