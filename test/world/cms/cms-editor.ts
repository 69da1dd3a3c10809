import { uidOf } from "../content/make-object.ts";
import { portalStylesheetPath } from "../content/site-assets.ts";
import type { CmsEditor } from "./cms.ts";
import type { CmsIndex, LiveModule } from "./cms-index.ts";
import { moveModule } from "./workflow.ts";

/** Lets an author edit what the index holds. */
export const cmsEditor = (index: CmsIndex): CmsEditor => {
  const moduleAt = (path: string): LiveModule => {
    const module = index.moduleAt(path);
    if (module === undefined) throw new Error(`the CMS holds no module ${path}`);
    return module;
  };
  return {
    edit: (path, change) =>
      index.change(path, (object) => {
        if (object.kind !== "page") throw new Error(`${path} is a ${object.kind}, not a page`);
        return { ...object, html: change(object.html) };
      }),
    replace: (path, bytes) =>
      index.change(path, (object) => {
        if (object.kind !== "file") throw new Error(`${path} is a ${object.kind}, not a file`);
        return { ...object, body: () => bytes };
      }),
    remove: index.remove,
    move: (path, to) => {
      index.move(path, to);
      index.leaveRedirect(path, to);
    },
    saveRegistry: () => {
      const { path } = index.byUid(uidOf(portalStylesheetPath)) ?? { path: portalStylesheetPath };
      index.move(
        path,
        path.replace(/(\d+)(?=\.css$)/, (key) => String(Number(key) + 1)),
      );
    },
    add: index.add,
    schedule: (path, state) => moveModule(moduleAt(path), "schedule", "editor", state),
    history: (path) => [...moduleAt(path).history],
  };
};
