import { encodePath } from "../content/encode-path.ts";
import { type Answer, errorAnswer, notFoundAnswer, redirectAnswer } from "./answer.ts";
import type { Asked, CmsParts } from "./asked.ts";
import type { LiveModule } from "./cms-index.ts";
import { logIn, loginForm, loginRedirect, requireLoginPath } from "./login-pages.ts";
import { moduleJson, moduleListing, packageSlip } from "./module-documents.ts";
import { objectAnswer } from "./object-answer.ts";
import { editorViewAnswer } from "./page-traits.ts";
import { resolveUidAnswer } from "./resolve-uid.ts";
import { engineAction, fireTransition } from "./workflow.ts";

/** Reads a request target's decoded segments; undefined when it is malformed or climbs. */
const segmentsOf = (target: string): string[] | undefined => {
  try {
    const segments = (target.split("?")[0] ?? "")
      .split("/")
      .filter((segment) => segment !== "")
      .map(decodeURIComponent);
    return segments.some((segment) => /^\.\.?$|[/\0]/.test(segment)) ? undefined : segments;
  } catch {
    return undefined;
  }
};

const modifyStatus = (module: LiveModule, asked: Asked, parts: CmsParts): Answer => {
  const { visitor } = asked;
  if (visitor.kind !== "account" || visitor.name !== parts.workflowName) {
    return loginRedirect(parts.baseUrl, asked.target);
  }
  const action = asked.method === "POST" ? engineAction(asked.form.get("workflow_action")) : undefined;
  if (action === undefined || !fireTransition(module, action, visitor.name)) {
    return errorAnswer(400, {
      exception: "WorkflowException",
      title: "This action is not available",
      text: `No such workflow action for a module in the state ${module.state}.`,
    });
  }
  return redirectAnswer(parts.baseUrl + module.facts.path);
};

const documents: ReadonlyMap<string, (module: LiveModule) => Answer> = new Map([
  ["packageslip.xml", packageSlip],
  ["index.json", moduleJson],
]);

/** Answers an address that is a view of a module; undefined when it is none. */
const moduleAnswer = (segments: readonly string[], asked: Asked, parts: CmsParts): Answer | undefined => {
  const view = segments.at(-1) ?? "";
  const document = documents.get(view);
  if (document === undefined && view !== "content_status_modify") return undefined;
  const module = parts.index.moduleAt(parts.index.traverse(segments.slice(0, -1))?.path ?? "");
  if (module === undefined) return undefined;
  if (document === undefined) return modifyStatus(module, asked, parts);
  return asked.visitor.kind === "account" ? document(module) : loginRedirect(parts.baseUrl, asked.target);
};

/** What is found no more leads to where it was moved, with status 301: Plone 3.3 remembers. */
const movedAnswer = (path: string, { index, baseUrl }: CmsParts): Answer | undefined => {
  const to = index.movedTo(path);
  return to === undefined ? undefined : { ...redirectAnswer(baseUrl + encodePath(to)), status: 301 };
};

/** Answers one request as the CMS would, faults aside. */
export const routeRequest = (asked: Asked, parts: CmsParts): Answer => {
  const { index, sessions, baseUrl } = parts;
  const segments = segmentsOf(asked.target);
  if (segments === undefined) {
    return errorAnswer(400, { exception: "BadRequest", title: "Bad request", text: "That is no address." });
  }
  const path = `/${segments.join("/")}`;
  if (path === "/login_form" && asked.method === "POST") return logIn(baseUrl, asked.form, sessions);
  if (path === "/login_form" || path === requireLoginPath) {
    return loginForm(baseUrl, new URLSearchParams(asked.target.split("?")[1]).get("came_from") ?? "");
  }
  if (asked.visitor.kind === "wrong") return loginRedirect(baseUrl, asked.target);
  if (path === "/module_listing") {
    return asked.visitor.kind === "account" ? moduleListing(index) : loginRedirect(baseUrl, asked.target);
  }
  return (
    resolveUidAnswer(segments, asked.target, parts) ??
    moduleAnswer(segments, asked, parts) ??
    editorViewAnswer(segments, parts) ??
    objectAnswer(segments, asked, parts) ??
    movedAnswer(path, parts) ??
    notFoundAnswer(path)
  );
};
