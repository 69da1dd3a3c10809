import type { CmsModule, CmsObject } from "../content/cms-content.ts";
import { escapeHtml } from "../content/escape-html.ts";
import type { Answer } from "./answer.ts";
import { type CmsIndex, type LiveModule, revisionOf } from "./cms-index.ts";

const moduleTypes: Readonly<Record<CmsModule["kind"], string>> = {
  course: "Course",
  department: "Department",
  resource: "SupplementalResource",
  global: "GlobalModule",
};

const jsonAnswer = (value: unknown): Answer => ({
  status: 200,
  headers: { "Content-Type": "application/json" },
  body: Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`),
});

/** What a module declares: all its pages, and the files to publish even when no page links to them. */
const declared = (module: LiveModule): CmsObject[] =>
  [...module.objects.values()].filter(
    (object) => object.kind === "page" || (object.kind === "file" && object.alwaysPublish),
  );

/** The packing slip of a module, from which the engine learns what to fetch. */
export const packageSlip = (module: LiveModule): Answer => {
  const { facts } = module;
  const resources = declared(module).map(
    ({ kind, path }) => `<resource type="${kind}">${escapeHtml(path)}</resource>`,
  );
  const dependents = facts.dependents.map((path) => `<module>${escapeHtml(path)}</module>`);
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<packageslip>
<module_type>${moduleTypes[facts.kind]}</module_type>
<module_short_id>${escapeHtml(facts.shortId)}</module_short_id>
<department_code>${escapeHtml(facts.departmentCode)}</department_code>
<zip_required>${facts.zipRequired}</zip_required>
<hasJSON>true</hasJSON>
<resource_list>
${resources.join("\n")}
</resource_list>
<rss_feeds/>
<json_files/>
<dependent_modules>${dependents.join("")}</dependent_modules>
<linked_dept_ids/>
</packageslip>
`;
  return { status: 200, headers: { "Content-Type": "text/xml;charset=utf-8" }, body: Buffer.from(xml) };
};

/** The JSON description that stands beside a module's packing slip. */
export const moduleJson = ({ facts, objects }: LiveModule): Answer => {
  const summary = (kind: CmsObject["kind"]) =>
    [...objects.values()]
      .filter((object) => object.kind === kind)
      .map(({ path, uid, title }) => ({ path, uid, title }));
  return jsonAnswer({
    path: facts.path,
    type: moduleTypes[facts.kind],
    title: facts.title,
    short_id: facts.shortId,
    department_code: facts.departmentCode,
    pages: summary("page"),
    files: summary("file"),
  });
};

/** The list of all modules with state and revision. */
export const moduleListing = (index: CmsIndex): Answer =>
  jsonAnswer({
    modules: index.modules().map((module) => ({
      path: module.facts.path,
      kind: module.facts.kind,
      title: module.facts.title,
      state: module.state,
      revision: revisionOf(module),
    })),
  });
