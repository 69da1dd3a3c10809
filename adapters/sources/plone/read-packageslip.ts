import { load } from "cheerio";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { ModuleId } from "../../../engine/model/module.ts";
import { urlPathOf } from "../../../engine/model/site-path.ts";
import type { Seed } from "../../../engine/ports/source.ts";

/** Where a packing slip keeps what we read. */
export interface PackageslipRules {
  readonly resources: string;
  readonly typeAttribute: string;
}

const resourcesMax = 100_000;

/**
 * The resources that a module's packing slip declares, as absolute URLs. Throws `corrupt` for a slip that is
 * cut off, names nothing, or says something that is neither page nor file: it decides what may be removed.
 */
export function readPackageslip(
  text: string,
  module: ModuleId,
  origin: string,
  rules: PackageslipRules,
): readonly Seed[] {
  const fault = (why: string): never => {
    throw new PublishError("corrupt", `the packing slip of ${module} ${why}`);
  };
  if (!/<\/[^<>]+>\s*$/.test(text)) fault("does not end with the end of an element");
  const $ = load(text, { xml: true });
  const resources = $(rules.resources).toArray();
  if (resources.length === 0) fault(`names no resource: nothing matches ${JSON.stringify(rules.resources)}`);
  if (resources.length > resourcesMax) fault(`names more than ${resourcesMax} resources`);
  return resources.map((element) => {
    const written = $(element).text().trim();
    const type = $(element).attr(rules.typeAttribute);
    if (type !== undefined && type !== "page" && type !== "file")
      fault(`says that ${written.slice(0, 200)} is neither page nor file but ${JSON.stringify(type)}`);
    if (isTreacherous(written))
      fault(`names a path that climbs or hides a separator: ${JSON.stringify(written.slice(0, 200))}`);
    const url = resourceUrl(written, module, origin);
    if (url === undefined)
      return fault(`names what is no path or URL: ${JSON.stringify(written.slice(0, 200))}`);
    return { url, ...(type === "page" || type === "file" ? { form: type } : {}) };
  });
}

/** A path is written decoded, as the CMS knows it; only a URL has escapes. */
function resourceUrl(written: string, module: ModuleId, origin: string): string | undefined {
  if (/^https?:/i.test(written)) return URL.canParse(written) ? written : undefined;
  if (written === "") return undefined;
  return origin + urlPathOf(written.startsWith("/") ? written : `${module}/${written}`);
}

/**
 * True for what a URL parser, a proxy or a file system may read as another path than was written: "." and
 * "..", backslashes, control characters, also where they or a slash are escaped.
 */
function isTreacherous(written: string): boolean {
  const path = written.replace(/^https?:\/\/[^/?#]*/i, "");
  if (/%(?:2f|5c|[01][0-9a-f]|7f)/i.test(path)) return true;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f\\]/.test(path)) return true;
  return path.split(/[/?#]/).some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment));
}
