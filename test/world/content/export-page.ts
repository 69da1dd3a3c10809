import { encodePath } from "./encode-path.ts";
import { escapeHtml } from "./escape-html.ts";
import type { ExportObject, ExportOf } from "./export-object.ts";

/** The types of object that are pages of their own. */
export type ExportPage = ExportOf<
  "CourseHomeSection" | "CourseSection" | "DownloadSection" | "ThisCourseAtMITSection" | "MediaResource"
>;

/** What a page's template looks up: other objects by UID, without the site's prefix. */
export interface ExportLookup {
  readonly pathOf: (uid: string) => string | undefined;
  /** UIDs of the files that the media records right under this page name, such as its captions. */
  readonly mediaFilesOf: (page: ExportObject) => readonly string[];
}

const joinHtml = (parts: readonly string[]): string => parts.filter((part) => part.trim() !== "").join("\n");

/** The address as the template writes it: absolute on the CMS, as Plone's absolute_url() gives it. */
const absolute = (path: string): string => `{{cms}}${encodePath(path)}`;

const image = (path: string | undefined, alternative: string): string =>
  path === undefined ? "" : `<p><img src="${absolute(path)}" alt="${escapeHtml(alternative)}" /></p>`;

const homeHtml = (page: ExportOf<"CourseHomeSection">, lookup: ExportLookup): string =>
  joinHtml([
    image(lookup.pathOf(page.chp_image), page.image_alternate_text),
    page.image_caption_text,
    page.description,
    page.highlights_text,
    page.related_content,
    page.text,
    page.other_information_text,
    page.technical_requirements_text,
  ]);

const insightsHtml = (page: ExportOf<"ThisCourseAtMITSection">): string =>
  joinHtml([
    page.text,
    page.courseoverviewtext,
    page.courseoutcomestext,
    page.curriculuminformationtext,
    page.instructorinsightstext,
    page.studentinformationtext,
    page.howstudenttimewasspenttext,
    page.theclassroomtext,
    page.courseteamrolestext,
    page.bottomtext,
  ]);

const mediaAddress = (location: string): string =>
  /^https?:\/\//.test(location)
    ? location
    : `https://www.youtube.com/watch?v=${encodeURIComponent(location)}`;

const mediaHtml = (page: ExportOf<"MediaResource">, lookup: ExportLookup): string => {
  const players = page.media_locations
    .filter((location) => location.media_location_url !== "")
    .map(({ media_location_url, media_location_source }) => {
      const href = escapeHtml(mediaAddress(media_location_url));
      return `<li><a href="${href}">${escapeHtml(media_location_source)}</a></li>`;
    });
  const files = lookup
    .mediaFilesOf(page)
    .map(lookup.pathOf)
    .filter((path) => path !== undefined)
    .map(
      (path) =>
        `<li><a href="${absolute(path)}">${escapeHtml(path.slice(path.lastIndexOf("/") + 1))}</a></li>`,
    );
  return joinHtml([
    page.text,
    image(lookup.pathOf(page._atrefs.thumbnail_image[0] ?? ""), page.title),
    `<ul class="media">${players.join("")}</ul>`,
    `<ul class="downloads">${files.join("")}</ul>`,
    page.about_this_resource_text,
    page.related_resources_text,
    page.optional_text,
    page.transcript,
    page.bottomtext,
  ]);
};

/** The body of an exported page: its HTML fields, in the order its template shows them. */
export const exportPageHtml = (page: ExportPage, lookup: ExportLookup): string => {
  switch (page._type) {
    case "CourseHomeSection":
      return homeHtml(page, lookup);
    case "ThisCourseAtMITSection":
      return insightsHtml(page);
    case "MediaResource":
      return mediaHtml(page, lookup);
    default:
      return joinHtml([page.text, page.bottomtext]);
  }
};
