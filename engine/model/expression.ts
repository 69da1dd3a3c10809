import { z } from "zod";

/** A regular expression of a configuration, given back as one. */
export const expressionSchema = z
  .string()
  .min(1)
  .transform((text, context) => {
    try {
      return new RegExp(text, "u");
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      context.addIssue("not a regular expression");
      return z.NEVER;
    }
  });
