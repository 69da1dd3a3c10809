import { type CheerioAPI, load } from "cheerio";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { type ModuleId, parseModuleId } from "../../../engine/model/module.ts";
import { urlPathOf } from "../../../engine/model/site-path.ts";
import type { Seed } from "../../../engine/ports/source.ts";
import { decodeOrKeep, foldUrl, type SiteNames } from "../../shared/site/fold-url.ts";

/** Where a packing slip keeps what we read. */
export interface PackageslipRules {
  readonly resources: string;
  readonly typeAttribute: string;
  readonly dependents: string;
}

/** What a packing slip says. */
export interface Packageslip {
  /** The resources of the module, by absolute URLs. */
  readonly resources: readonly Seed[];
  /** The modules to publish when this one was, each once. */
  readonly dependents: readonly ModuleId[];
}

/** Ends the reading of a slip that is not right. */
type Fault = (why: string) => never;

const elementsMax = 100_000;

/**
 * Reads the packing slip of a module. Throws `corrupt` for a slip that is cut off, names no resource, or says
 * something that is neither page nor file nor module: it decides what may be removed.
 */
export function readPackageslip(
  text: string,
  module: ModuleId,
  names: SiteNames,
  rules: PackageslipRules,
): Packageslip {
  const fault = (why: string): never => {
    throw new PublishError("corrupt", `the packing slip of ${module} ${why}`);
  };
  if (!/<\/[^<>]+>\s*$/.test(text)) fault("does not end with the end of an element");
  const $ = load(text, { xml: true });
  const resources = textsOf($, rules.resources, fault).map(({ written, attributes }): Seed => {
    const type = attributes[rules.typeAttribute];
    if (type !== undefined && type !== "page" && type !== "file")
      fault(`says that ${written.slice(0, 200)} is neither page nor file but ${JSON.stringify(type)}`);
    const url =
      resourceUrl(written, module, names.origin) ??
      fault(`names what is no path or URL: ${JSON.stringify(written.slice(0, 200))}`);
    return { url, ...(type === "page" || type === "file" ? { form: type } : {}) };
  });
  if (resources.length === 0) fault(`names no resource: nothing matches ${JSON.stringify(rules.resources)}`);
  const dependents = textsOf($, rules.dependents, fault).map(
    ({ written }) =>
      dependentOf(written, names) ??
      fault(`names a dependent that is no module: ${JSON.stringify(written.slice(0, 200))}`),
  );
  return { resources, dependents: [...new Set(dependents)] };
}

function textsOf(
  $: CheerioAPI,
  selector: string,
  fault: Fault,
): { written: string; attributes: Readonly<Record<string, string>> }[] {
  const elements = $(selector).toArray();
  if (elements.length > elementsMax) fault(`has more than ${elementsMax} of ${JSON.stringify(selector)}`);
  return elements.map((element) => {
    const written = $(element).text().trim();
    if (isTreacherous(written))
      fault(`names a path that climbs or hides a separator: ${JSON.stringify(written.slice(0, 200))}`);
    return { written, attributes: $(element).attr() ?? {} };
  });
}

/** A path is written decoded, as the CMS knows it; only a URL has escapes. */
function resourceUrl(written: string, module: ModuleId, origin: string): string | undefined {
  if (/^https?:/i.test(written)) return URL.canParse(written) ? written : undefined;
  if (written === "") return undefined;
  return origin + urlPathOf(written.startsWith("/") ? written : `${module}/${written}`);
}

/** The module that a path or a URL of the CMS names. */
function dependentOf(written: string, names: SiteNames): ModuleId | undefined {
  const url = /^https?:/i.test(written) ? URL.parse(written) : null;
  if (url !== null && foldUrl(url, names).origin !== names.origin) return undefined;
  const path = url === null ? written : decodeOrKeep(url.pathname) + url.search;
  if (!/^\/[^?#]*$/.test(path)) return undefined;
  try {
    return parseModuleId(path.replace(/\/$/, ""));
  } catch (error) {
    if (error instanceof PublishError) return undefined;
    throw error;
  }
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
