import type { CmsObject } from "../content/cms-content.ts";

/** Where an address led: an object, or a folder that exists only because something lies in it. */
export interface Found {
  readonly path: string;
  readonly object: CmsObject | undefined;
}

/** Objects by path and UID, in folders. */
export interface ObjectTree {
  readonly byPath: (path: string) => CmsObject | undefined;
  readonly byUid: (uid: string) => CmsObject | undefined;
  readonly childrenOf: (path: string) => readonly Found[];
  /** Walks the segments as Zope does, taking from the folders above what a folder itself lacks. */
  readonly traverse: (segments: readonly string[]) => Found | undefined;
  /** Takes a new object in. Throws when its path or UID is taken. */
  readonly hold: (object: CmsObject) => void;
  /** Puts a changed object in the place of the one with its path. */
  readonly swap: (object: CmsObject) => void;
  readonly drop: (object: CmsObject) => void;
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));

/** Makes an empty tree. */
export const objectTree = (): ObjectTree => {
  const paths = new Map<string, CmsObject>();
  const uids = new Map<string, string>();
  const children = new Map<string, Set<string>>();

  const child = (folder: string, segment: string): string | undefined => {
    const path = `${folder}/${segment}`;
    return children.get(folder)?.has(path) ? path : undefined;
  };
  const acquire = (from: string, segment: string): string | undefined => {
    for (let folder = from; ; folder = parentOf(folder)) {
      const found = child(folder, segment);
      if (found !== undefined || folder === "") return found;
    }
  };
  return {
    byPath: (path) => paths.get(path),
    byUid: (uid) => paths.get(uids.get(uid) ?? ""),
    childrenOf: (path) => [...(children.get(path) ?? [])].map((at) => ({ path: at, object: paths.get(at) })),
    traverse: (segments) => {
      let at: string | undefined = "";
      for (const segment of segments) {
        at = acquire(at, segment);
        if (at === undefined) return undefined;
      }
      return { path: at, object: paths.get(at) };
    },
    hold: (object) => {
      if (paths.has(object.path)) throw new Error(`the CMS already holds ${object.path}`);
      if (uids.has(object.uid))
        throw new Error(`the CMS already holds the UID ${object.uid} of ${object.path}`);
      paths.set(object.path, object);
      uids.set(object.uid, object.path);
      for (let path = object.path; path !== ""; path = parentOf(path)) {
        const siblings = children.get(parentOf(path)) ?? new Set();
        children.set(parentOf(path), siblings.add(path));
      }
    },
    swap: (object) => void paths.set(object.path, object),
    drop: (object) => {
      paths.delete(object.path);
      uids.delete(object.uid);
      let path = object.path;
      while (path !== "" && !paths.has(path) && (children.get(path)?.size ?? 0) === 0) {
        children.get(parentOf(path))?.delete(path);
        path = parentOf(path);
      }
    },
  };
};
