import { PublishError } from "../errors/publish-error.ts";
import { digestOf } from "../model/digest.ts";
import type { Entry } from "../model/entry.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import type { ReleaseStore, Rendered } from "../ports/store/release-store.ts";
import { type PageText, readPageText } from "./read-page-text.ts";
import { isIndexed, termsOf } from "./search-terms.ts";

/** What indexing needs; larger pages are found by nothing but their paths. */
export interface IndexParts {
  readonly store: { readonly releases: Pick<ReleaseStore, "rendered" | "keepRendered"> };
  readonly blobs: BlobStore;
  readonly pageBytesMax: number;
}

// Raised whenever the same pages would give another index.
const pagesVersion = "library-pages/2";
const pageVersion = "library-page/1";
const termsPerPageMax = 10_000;
const termsPerModuleMax = 100_000;

/**
 * The index of a module's pages, as a script of the search: their titles and paths, then for each term the
 * pages that have it; its note is what the first page says of itself. Kept by what the pages are, so
 * that an unchanged module costs one look.
 */
export async function indexModule(pages: readonly Entry[], parts: IndexParts): Promise<Rendered> {
  const named = pages.map(({ path, digest }) => [path, digest]);
  const content = digestOf(JSON.stringify([parts.pageBytesMax, named]));
  return cached(pagesVersion, content, parts, async () => {
    const titles: [shared: number, rest: string, title: string][] = [];
    const index = new Map<string, number[]>();
    let description = "";
    let before = "";
    for (const [at, page] of pages.entries()) {
      const found = await indexPage(page, parts);
      titles.push([...frontCoded(before, page.path), found.title]);
      before = page.path;
      if (at === 0) description = found.description;
      for (const term of found.terms) {
        const places = index.get(term);
        if (places !== undefined) places.push(at);
        else if (index.size < termsPerModuleMax) index.set(term, [at]);
      }
    }
    // A space comes before all that terms are made of.
    const lines = [...index].map(([term, places]) => `${term} ${deltas(places)}`).sort();
    return { texts: [searchScript([{ pages: titles }], lines)], note: description };
  });
}

/** What one page adds to the index of its module. */
interface IndexedPage {
  readonly title: string;
  readonly description: string;
  readonly terms: readonly string[];
}

/** What a page adds, kept by its digest: a change of one page must not have all others read again. */
async function indexPage(page: Entry, parts: IndexParts): Promise<IndexedPage> {
  const { releases } = parts.store;
  const key = `${pageVersion} ${parts.pageBytesMax}`;
  const kept = await releases.rendered(key, page.digest);
  if (kept?.note !== undefined) return JSON.parse(kept.note) as IndexedPage;
  const { title = "", description = "", text = "" } = (await readPage(page, parts)) ?? {};
  const terms = new Set(termsOf(`${title} ${description} ${text}`).filter(isIndexed));
  const found = { title, description, terms: [...terms].slice(0, termsPerPageMax) };
  const { digest, size } = page;
  await releases.keepRendered(key, digest, { digest, size, answers: [], note: JSON.stringify(found) });
  return found;
}

/** A script by its key and what it is made of: from the cache, or made and kept. */
export async function cached(
  key: string,
  content: ReturnType<typeof digestOf>,
  { store, blobs }: Pick<IndexParts, "store" | "blobs">,
  make: () => Promise<{ readonly texts: Texts; readonly note?: string }>,
): Promise<Rendered> {
  const kept = await store.releases.rendered(key, content);
  if (kept !== undefined) return kept;
  const { texts, note = "" } = await make();
  const { digest, size } = await blobs.put(encoded(texts), Number.MAX_SAFE_INTEGER);
  const rendered = { digest, size, answers: [], ...(note === "" ? {} : { note }) };
  await store.releases.keepRendered(key, content, rendered);
  return rendered;
}

type Texts = Iterable<string | Uint8Array> | AsyncIterable<string>;

/** Text as bytes. */
export async function* encoded(texts: Texts): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield typeof text === "string" ? Buffer.from(text) : text;
}

/** A script that hands values, then lines of terms, to the search. */
export function searchScript(values: readonly unknown[], lines: readonly string[]): string {
  const texts = values.map((value) => JSON.stringify(value));
  return `ocwCopySearch(${[...texts, lines.length > 0 ? `\`\n${lines.join("\n")}\n\`` : '""'].join(",")});\n`;
}

/** A path as how much of the one before it begins it, too, and the rest. */
export function frontCoded(before: string, path: string): [shared: number, rest: string] {
  let shared = 0;
  while (shared < before.length && before[shared] === path[shared]) shared++;
  return [shared, path.slice(shared)];
}

/** Ascending numbers, each as its distance from the one before, in base 36. */
export function deltas(ascending: readonly number[]): string {
  return ascending.map((each, at) => (each - (ascending[at - 1] ?? 0)).toString(36)).join(" ");
}

/** The text of a page; undefined for one that is too large or in an encoding that cannot be read. */
async function readPage(page: Entry, { blobs, pageBytesMax }: IndexParts): Promise<PageText | undefined> {
  if (page.size > pageBytesMax) return undefined;
  const bytes = await blobs.read(page.digest, pageBytesMax);
  try {
    return readPageText(bytes);
  } catch (error) {
    if (error instanceof PublishError && error.code === "corrupt") return undefined;
    throw error;
  }
}
