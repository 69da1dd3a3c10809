import { z } from "zod";
import { workflowStates } from "./cms-content.ts";

const pathBytesMax = 1_000;

/** A path that names one object under the Plone site and nothing else. */
const path = z
  .string()
  .max(pathBytesMax)
  .startsWith("/Plone/")
  .refine((value) => !/[\\?#\p{Cc}]/u.test(value), "no control character, backslash, ? or #")
  .refine(
    (value) => value.split("/").every((segment, at) => at === 0 || !["", ".", ".."].includes(segment)),
    "no empty or dot segment",
  );

const uid = z.string().regex(/^[0-9a-f]{32}$/, "32 hexadecimal digits");
const zopeDate = z.string().regex(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(\.\d+)? \S+$/, "a Zope date");
const html = z.string().default("");
const roles = z.object({ View: z.object({ roles: z.array(z.string()) }).optional() });

const common = {
  _path: path,
  _uid: uid,
  _permissions: roles,
  title: z.string(),
  modification_date: zopeDate,
};

const step = z.object({
  action: z.string().nullable(),
  actor: z.string(),
  review_state: z.enum(workflowStates),
  time: zopeDate,
});

const stored = z.object({ content_type: z.string().min(1).max(200), data: z.base64() });

const course = z.object({
  ...common,
  _type: z.literal("Course"),
  _defaultpage: z.string(),
  _workflow_history: z.object({ module_workflow: z.array(step).min(1) }),
  id: z.string().min(1),
  master_course_number: z.string(),
});

const section = {
  ...common,
  text: html,
  bottomtext: html,
};

const home = z.object({
  ...common,
  _type: z.literal("CourseHomeSection"),
  chp_image: z.union([uid, z.literal("")]),
  image_alternate_text: html,
  image_caption_text: html,
  description: html,
  highlights_text: html,
  related_content: html,
  technical_requirements_text: html,
  other_information_text: html,
  text: html,
});

const insights = z.object({
  ...section,
  _type: z.literal("ThisCourseAtMITSection"),
  courseoverviewtext: html,
  courseoutcomestext: html,
  curriculuminformationtext: html,
  instructorinsightstext: html,
  studentinformationtext: html,
  howstudenttimewasspenttext: html,
  theclassroomtext: html,
  courseteamrolestext: html,
});

const media = z.object({
  ...section,
  _type: z.literal("MediaResource"),
  _atrefs: z.object({ thumbnail_image: z.array(uid).default([]) }),
  about_this_resource_text: html,
  related_resources_text: html,
  optional_text: html,
  transcript: html,
  media_locations: z
    .array(z.object({ media_location_source: z.string(), media_location_url: z.string() }))
    .default([]),
});

/** One object of an export, as far as we read it; fields we do not name are let by. */
export const exportObjectSchema = z.discriminatedUnion("_type", [
  course,
  home,
  z.object({ ...section, _type: z.literal("CourseSection") }),
  z.object({ ...section, _type: z.literal("DownloadSection") }),
  insights,
  media,
  z.object({ ...common, _type: z.literal("OCWMediaAsset"), file_uid: z.union([uid, z.literal("")]) }),
  z.object({ ...common, _type: z.literal("OCWFile"), always_publish: z.boolean(), _datafield_file: stored }),
  z.object({
    ...common,
    _type: z.literal("OCWImage"),
    always_publish: z.boolean(),
    _datafield_image: stored,
  }),
]);

/** One object of an export. */
export type ExportObject = z.infer<typeof exportObjectSchema>;
/** An object of an export of one type. */
export type ExportOf<Type extends ExportObject["_type"]> = Extract<ExportObject, { _type: Type }>;
