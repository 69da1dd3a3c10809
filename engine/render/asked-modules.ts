import { type ModuleId, moduleOf } from "../model/module.ts";
import type { Answer } from "../ports/store/release-store.ts";
import type { Neighbour } from "./site-view.ts";

/**
 * Gathers the modules that the pages of one ask about: those whose pages they lead to, and, where an edition
 * has neighbours, those that may yet come to hold what it lacks, though the source does not list them.
 */
export function askedModules(
  module: ModuleId,
  { known, neighbours }: { readonly known: ReadonlySet<ModuleId>; readonly neighbours: readonly Neighbour[] },
) {
  const modules = new Set<ModuleId>();
  // Pages share their answers, as objects.
  const noted = new WeakSet<Answer>();
  const aboutOf = (path: string): ModuleId => moduleOf(path, known) ?? module;
  const noteUrl = (url: string): void => {
    const about = aboutOf(pathOf(url));
    if (about !== module) modules.add(about);
  };
  return {
    modules,
    noteUrl,
    note(given: Answer): void {
      const { question, answer } = given;
      if (noted.has(given)) return;
      noted.add(given);
      noteUrl(question);
      // A question about a player is none of a URL.
      if (neighbours.length === 0 || !question.startsWith("/") || answer.startsWith('{"kind":"here"')) return;
      const path = pathOf(question);
      const about = aboutOf(path);
      for (let at = path; at !== "" && at !== about; at = at.slice(0, at.lastIndexOf("/")))
        modules.add(at as ModuleId);
    },
  };
}

function pathOf(url: string): string {
  return url.split("?")[0] ?? url;
}
