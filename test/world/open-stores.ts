import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteStore } from "../../adapters/store/sqlite/sqlite-store.ts";
import type { BlobStore } from "../../engine/ports/blob-store.ts";
import type { Clock } from "../../engine/ports/context.ts";
import type { Store } from "../../engine/ports/store/store.ts";
import { fileBlobStore } from "../../engine/store/file-blob-store.ts";

/** A store and its blobs, fresh and empty, in a temporary folder, which goes when they are closed. */
export interface OpenStores {
  readonly store: Store;
  readonly blobs: BlobStore;
  close(): Promise<void>;
}

/** Opens them; the name tells whose folder it is. The clock is the store's, the machine's if absent. */
export async function openStores(name: string, clock?: Pick<Clock, "now">): Promise<OpenStores> {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  const store = await sqliteStore({ file: join(folder, "state.sqlite"), ...(clock && { clock }) });
  const blobs = await fileBlobStore(join(folder, "blobs"));
  return {
    store,
    blobs,
    async close() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}
