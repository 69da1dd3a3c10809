import { sizesInList } from "../drive/list-drive.ts";
import { PublishError } from "../errors/publish-error.ts";
import type { Digest } from "../model/digest.ts";
import type { Service } from "../ports/service.ts";
import type { Store } from "../ports/store/store.ts";
import type { EngineParts } from "../run/engine-parts.ts";

interface Parts {
  readonly store: { readonly runs: Pick<Store["runs"], "get"> };
  readonly blobs: Pick<EngineParts["blobs"], "open">;
}

/** How many lists are known at once: so many drives may be written side by side without much reading. */
const listsMax = 2;

/** Gives out the lists of drives, and of all blobs those that such a list names. */
export function driveServer({ store, blobs }: Parts): Pick<Service, "driveFile"> {
  const known = new Map<Digest, ReturnType<typeof sizesInList>>();
  const sizesOf = (list: Digest): ReturnType<typeof sizesInList> => {
    const sizes = known.get(list) ?? sizesInList(blobs, list);
    // At the end, as the last one that was asked for; what could not be read is read again.
    known.delete(list);
    known.set(list, sizes);
    sizes.catch(() => known.delete(list));
    for (const first of [...known.keys()].slice(0, -listsMax)) known.delete(first);
    return sizes;
  };
  return {
    async driveFile(id, digest, from) {
      const run = await store.runs.get(id);
      if (run?.driveList === undefined)
        throw new PublishError("not-found", `run ${id} has composed no drive`);
      const size = (await sizesOf(run.driveList))(digest);
      if (size === undefined) throw new PublishError("not-found", `run ${id} lists no file ${digest}`);
      if (from > 0 && from >= size)
        throw new PublishError("refused", `${digest} has ${size} bytes, none at ${from}`);
      return { size, bytes: skip(blobs.open(digest), from) };
    },
  };
}

/** The bytes behind the first ones, which are read, too: a blob is checked as a whole. */
async function* skip(bytes: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const chunk of bytes) {
    if (left < chunk.byteLength) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.byteLength);
  }
}
