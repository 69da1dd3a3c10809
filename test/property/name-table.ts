import { PublishError } from "../../engine/errors/publish-error.ts";
import { foldName } from "../../engine/model/fold-name.ts";
import type { NameStore } from "../../engine/ports/store/release-store.ts";

/** A name store in memory: what owns each folded name, and how often it was asked. */
export interface NameTable extends NameStore {
  readonly owners: Map<string, string>;
  asked(): number;
}

export function nameTable(): NameTable {
  const owners = new Map<string, string>();
  const names = new Map<string, string>();
  let asked = 0;
  return {
    owners,
    asked: () => asked,
    async claim(_kind, path, candidates) {
      asked++;
      const known = names.get(path);
      if (known !== undefined) return known;
      for (const name of candidates) {
        if (owners.has(foldName(name))) continue;
        owners.set(foldName(name), path);
        names.set(path, name);
        return name;
      }
      throw new PublishError("conflict", `no name is left for ${path}`);
    },
  };
}
