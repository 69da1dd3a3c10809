import { createHash } from "node:crypto";
import type {
  CmsContent,
  CmsModule,
  CmsObject,
  WorkflowState,
  WorkflowStep,
} from "../content/cms-content.ts";
import { type ObjectTree, objectTree } from "./object-tree.ts";

/** A module while the CMS runs: its objects and workflow may change. */
export interface LiveModule {
  readonly facts: Omit<CmsModule, "objects" | "state" | "history">;
  readonly objects: Map<string, CmsObject>;
  readonly history: WorkflowStep[];
  state: WorkflowState;
}

/** The CMS's memory: everything it holds, editable. */
export interface CmsIndex extends Omit<ObjectTree, "hold" | "swap" | "drop"> {
  readonly modules: () => readonly LiveModule[];
  readonly moduleAt: (path: string) => LiveModule | undefined;
  readonly moduleOf: (objectPath: string) => LiveModule | undefined;
  /** Replaces an object by a changed one of the same path, modified now. Throws when there is none. */
  readonly change: (path: string, change: (object: CmsObject) => CmsObject) => void;
  /** Adds an object, modified now. Throws when the module is unknown or the path or UID is taken. */
  readonly add: (modulePath: string, object: CmsObject) => void;
  /** Removes the object and all beneath it in its module; a module's own folder takes the module along. */
  readonly remove: (path: string) => void;
  /** Gives the object and all beneath it another path; UIDs stay. Throws when there is none, or one is. */
  readonly move: (path: string, to: string) => void;
  /** Remembers where an object and all beneath it were moved to. */
  readonly leaveRedirect: (path: string, to: string) => void;
  /** Where what once had this path was moved to. */
  readonly movedTo: (path: string) => string | undefined;
}

const isUnder = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** Now, but in a later second than before: Last-Modified counts whole seconds. */
const modifiedAfter = (before: Date): Date => new Date(Math.max(Date.now(), before.getTime() + 1_000));

const goLive = ({ objects, state, history, ...facts }: CmsModule): LiveModule => ({
  facts,
  objects: new Map(objects.map((object) => [object.path, object])),
  history: [...history],
  state,
});

/** A text that is another after any change to the module's objects; its workflow is not counted. */
export const revisionOf = (module: LiveModule): string => {
  const hash = createHash("sha256");
  for (const { path, uid, modifiedAt } of module.objects.values()) {
    hash.update(`${path}\0${uid}\0${modifiedAt.getTime()}\0`);
  }
  return hash.digest("hex").slice(0, 16);
};

/** Makes the index of a content. Throws when two objects share a path or a UID. */
export const cmsIndex = (content: CmsContent): CmsIndex => {
  const { hold, swap, drop, ...tree } = objectTree();
  const modules = new Map(content.modules.map((module) => [module.path, goLive(module)]));
  for (const object of content.modules.flatMap((module) => module.objects)) hold(object);
  content.assets.forEach(hold);
  const moved = new Map<string, string>();

  const moduleOf = (path: string): LiveModule | undefined =>
    [...modules.values()].find((module) => module.objects.has(path));
  const objectAt = (path: string): CmsObject => {
    const object = tree.byPath(path);
    if (object === undefined) throw new Error(`the CMS holds no ${path}`);
    return object;
  };
  const allUnder = (path: string): CmsObject[] => {
    const module = moduleOf(path);
    const candidates = module === undefined ? [objectAt(path)] : [...module.objects.values()];
    return candidates.filter((candidate) => isUnder(candidate.path, path));
  };
  return {
    ...tree,
    modules: () => [...modules.values()],
    moduleAt: (path) => modules.get(path),
    moduleOf,
    change: (path, change) => {
      const object = objectAt(path);
      const changed = { ...change(object), modifiedAt: modifiedAfter(object.modifiedAt) };
      swap(changed);
      moduleOf(path)?.objects.set(path, changed);
    },
    add: (modulePath, object) => {
      const module = modules.get(modulePath);
      if (module === undefined) throw new Error(`the CMS holds no module ${modulePath}`);
      if (!isUnder(object.path, modulePath)) throw new Error(`${object.path} is not under ${modulePath}`);
      const added = { ...object, modifiedAt: new Date() };
      hold(added);
      module.objects.set(object.path, added);
    },
    remove: (path) => {
      const module = moduleOf(path);
      for (const object of allUnder(path)) {
        module?.objects.delete(object.path);
        drop(object);
      }
      if (module?.facts.path === path) modules.delete(path);
    },
    move: (path, to) => {
      if (modules.has(path)) throw new Error(`${path} is a module: it cannot be moved`);
      const module = moduleOf(path);
      for (const object of allUnder(path)) {
        const modifiedAt = modifiedAfter(object.modifiedAt);
        const here = { ...object, path: to + object.path.slice(path.length), modifiedAt };
        drop(object);
        hold(here);
        if (module?.objects.delete(object.path)) module.objects.set(here.path, here);
      }
    },
    leaveRedirect: (path, to) => void moved.set(path, to),
    movedTo: (path) => {
      const from = [...moved.keys()].findLast((folder) => isUnder(path, folder));
      return from === undefined ? undefined : moved.get(from) + path.slice(from.length);
    },
  };
};
