import { z } from "zod";
import { toPublishError } from "../engine/errors/publish-error.ts";
import { parseSitePath } from "../engine/model/site-path.ts";

/** A prefix of site paths, safe and without a slash at its end. */
export const sitePrefix = z.string().superRefine((text, context) => {
  try {
    parseSitePath(text);
  } catch (thrown) {
    context.addIssue({ code: "custom", message: toPublishError(thrown).message });
  }
});

/** The name of a time zone. */
export const timeZone = z
  .string()
  .refine(isTimeZone, "a time zone of the IANA database, as America/New_York");

/** An integer within bounds. */
export const wholeNumber = (min: number, max: number) => z.int().min(min).max(max);

function isTimeZone(text: string): boolean {
  return Intl.supportedValuesOf("timeZone").includes(text) || text === "UTC";
}
