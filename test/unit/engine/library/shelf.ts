import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { readLibraryFiles } from "../../../../adapters/library/read-library-files.ts";
import type { LeftOut } from "../../../../engine/library/library-facts.ts";
import { type MakeLibraryOptions, makeLibrary } from "../../../../engine/library/make-library.ts";
import type { Entry } from "../../../../engine/model/entry.ts";
import { type ModuleKind, type ModuleRef, parseModuleId } from "../../../../engine/model/module.ts";
import type { Release } from "../../../../engine/model/release.ts";
import { parseSitePath } from "../../../../engine/model/site-path.ts";
import type { BlobStore } from "../../../../engine/ports/blob-store.ts";
import type { Store } from "../../../../engine/ports/store/store.ts";
import { openStores } from "../../../world/open-stores.ts";

/** A module as a test writes it: its pages by their paths below it. */
export interface Book {
  readonly id: string;
  readonly kind?: ModuleKind;
  readonly title: string;
  readonly pages: Readonly<Record<string, string>>;
}

/** A page as a test writes it. */
export function page(title: string, body: string, description?: string): string {
  const meta = description === undefined ? "" : `<meta name="description" content="${description}">`;
  return `<!DOCTYPE html><html><meta charset="utf-8"><title>${title}</title>${meta}<body>${body}`;
}

/** A store with blobs of its own, in which libraries are made of books. */
export async function openShelf() {
  const { store, blobs, close: clear } = await openStores("library");
  const files = await readLibraryFiles();
  const edition = "mirror/all";
  let seconds = 1_800_000_000;
  const clock = {
    now() {
      seconds += 10;
      return new Date(seconds * 1000);
    },
  };

  async function release({ id, pages }: Book): Promise<Release> {
    const draft = await store.releases.begin({ module: parseModuleId(id), edition, snapshot: 1 });
    for (const [name, text] of Object.entries(pages)) {
      const { digest, size } = await blobs.put(oneChunk(text), Number.MAX_SAFE_INTEGER);
      const mediaType = name.endsWith(".htm") ? "text/html" : "application/pdf";
      const path = parseSitePath(`${id}/${name}`);
      await store.releases.addEntry(draft, { path, digest, size, mediaType, mtimeSeconds: 0 });
    }
    return store.releases.seal(draft);
  }

  async function make(
    books: readonly Book[],
    changed: Partial<MakeLibraryOptions> & { readonly leftOut?: readonly LeftOut[] } = {},
  ): Promise<Release> {
    const modules = [];
    for (const book of books) {
      const { id, kind = "course", title } = book;
      const ref: ModuleRef = { id: parseModuleId(id), kind, title, state: "published" };
      modules.push({ ref, release: await release(book), asOf: new Date("2026-11-20T10:00:00Z") });
    }
    return makeLibrary({
      store,
      blobs,
      clock,
      edition,
      selection: { name: "all", destinations: [], without: [] },
      modules,
      leftOut: [],
      settings: {},
      siteName: "Example Courses",
      publicUrl: "https://ocw.example.edu",
      place: async (path) => path,
      files,
      pageBytesMax: 1_000_000,
      ...changed,
    });
  }

  return { make, clear, store, blobs, ...reading(store, blobs) };
}

/** The ways to look at a library that was made. */
function reading(store: Store, blobs: BlobStore) {
  const entries = (made: Release): Promise<Entry[]> => Array.fromAsync(store.releases.entries(made.id));
  const read = async ({ digest, size }: Entry): Promise<Buffer> =>
    Buffer.from(await blobs.read(digest, size));

  return {
    entries,
    /** The files of a library as text, by path. */
    async texts(made: Release): Promise<ReadonlyMap<string, string>> {
      const texts = new Map<string, string>();
      for (const entry of await entries(made)) texts.set(entry.path, (await read(entry)).toString());
      return texts;
    },
    /** Writes a library, and the books it is made of, as a tree of files. */
    async write(made: Release, books: readonly Book[], root: string): Promise<void> {
      const put = async (path: string, bytes: Uint8Array | string): Promise<void> => {
        await mkdir(dirname(root + path), { recursive: true });
        await writeFile(root + path, bytes);
      };
      for (const entry of await entries(made)) await put(entry.path, await read(entry));
      for (const { id, pages } of books)
        for (const [name, text] of Object.entries(pages)) await put(`${id}/${name}`, text);
    },
  };
}

async function* oneChunk(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
