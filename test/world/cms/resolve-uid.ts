import { encodePath } from "../content/encode-path.ts";
import { type Answer, errorAnswer, redirectAnswer } from "./answer.ts";
import type { CmsParts } from "./asked.ts";

/**
 * Answers `…/resolveuid/<uid>[/sub/path][?query]` at any depth: 302 to where the object is now, or 404.
 * Undefined when the address is none of these.
 */
export const resolveUidAnswer = (
  segments: readonly string[],
  target: string,
  { index, baseUrl }: Pick<CmsParts, "index" | "baseUrl">,
): Answer | undefined => {
  const at = segments.findIndex((segment) => /^resolve[Uu]id$/.test(segment));
  if (at < 0) return undefined;
  const object = index.byUid(segments[at + 1] ?? "");
  if (object === undefined) {
    return errorAnswer(404, {
      exception: "NotFound",
      title: "The link you followed is broken",
      text: "The link you followed is broken: what it named is no longer here.",
    });
  }
  const below = segments.slice(at + 2).map((segment) => `/${segment}`);
  const query = target.includes("?") ? target.slice(target.indexOf("?")) : "";
  return redirectAnswer(baseUrl + encodePath(object.path + below.join("")) + query);
};
