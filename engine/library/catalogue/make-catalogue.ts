import type { Duplex } from "node:stream";
import { createZstdCompress } from "node:zlib";
import { PublishError } from "../../errors/publish-error.ts";
import type { Entry } from "../../model/entry.ts";
import { libraryPaths } from "../../model/library-paths.ts";
import { mirrorFileBytesMax } from "../../model/mirror.ts";
import { comparePaths, parseSitePath } from "../../model/site-path.ts";
import { streamOf } from "../../model/stream-of.ts";
import type { BlobStore, KeptBlob } from "../../ports/blob-store.ts";
import type { CallContext } from "../../ports/context.ts";
import type { Signer } from "../../ports/signer.ts";
import { type BlobWriter, writeBlob } from "./blob-writer.ts";
import { cataloguePaths, tracePath, updatePath } from "./catalogue-paths.ts";
import type { GenerationInMaking } from "./generation-in-making.ts";
import * as texts from "./generation-texts.ts";
import { pathLine, writeChanges } from "./write-changes.ts";

/** Where the catalogue's bytes are kept, and who signs it; nobody, if absent. */
export interface CatalogueTools {
  readonly blobs: BlobStore;
  readonly signer?: Signer;
}

interface Delta {
  readonly number: number;
  readonly changed: BlobWriter;
  readonly gone: BlobWriter;
}

/** What is written while entries pass. */
interface Writing {
  readonly sums: BlobWriter;
  readonly manifest: BlobWriter;
  readonly deltas: readonly Delta[];
}

/**
 * Makes what every generation says of itself: checksums and their signature, manifest, trace, and what
 * changed since each kept generation. Its bytes are blobs; the entries are sorted by path. One pass over
 * everything, then one over what may have changed since each, and streams alone: memory does not grow with
 * the library.
 */
export async function makeCatalogue(
  generation: GenerationInMaking,
  tools: CatalogueTools,
  context: CallContext,
): Promise<readonly Entry[]> {
  const writers: BlobWriter[] = [];
  const begin = (through?: Duplex) => {
    const writer = writeBlob(tools.blobs, through);
    writers.push(writer);
    return writer;
  };
  try {
    const deltas: Delta[] = [];
    const writing = { sums: begin(), manifest: begin(createZstdCompress()), deltas };
    const counts = await passAll(generation, writing, context);
    for (const kept of generation.kept) {
      const delta = { number: kept.number, changed: begin(), gone: begin() };
      await writeChanges(kept, delta, context);
      deltas.push(delta);
    }
    return await finish(generation, counts, writing, tools, context);
  } finally {
    await Promise.all(writers.map((writer) => writer.drop()));
  }
}

async function passAll(
  generation: GenerationInMaking,
  { sums, manifest }: Writing,
  { signal }: CallContext,
): Promise<{ files: number; bytes: number }> {
  let [files, bytes] = [0, 0];
  for await (const entry of generation.entries()) {
    if (signal.aborted) throw new PublishError("cancelled", "making the catalogue was cancelled");
    files += 1;
    bytes += entry.size;
    await sums.write(texts.sumLine(entry));
    await manifest.write(texts.manifestLine(entry));
  }
  return { files, bytes };
}

async function finish(
  generation: GenerationInMaking,
  counts: { readonly files: number; readonly bytes: number },
  { sums, manifest, deltas }: Writing,
  { blobs, signer }: CatalogueTools,
  context: CallContext,
): Promise<readonly Entry[]> {
  const mtimeSeconds = generation.madeAt.getTime() / 1000;
  const made: Entry[] = [];
  const add = (path: string, mediaType: string, { digest, size }: KeptBlob) => {
    made.push({ path: parseSitePath(path), digest, size, mediaType, mtimeSeconds });
  };
  const put = (bytes: Uint8Array | string) => blobs.put(streamOf([Buffer.from(bytes)]), mirrorFileBytesMax);
  add(cataloguePaths.about, "text/html", await put(generation.aboutPage));
  add(cataloguePaths.facts, "application/json", await put(texts.factsOf(generation, counts)));
  add(cataloguePaths.manifest, "application/zstd", await manifest.end());
  add(tracePath(generation.siteName), "text/plain", await put(texts.traceOf(generation)));
  const whole = [
    ...made.map(({ path }) => path),
    ...deltas.flatMap(({ number }) => [updatePath(number, "files"), updatePath(number, "delete")]),
    libraryPaths.checksums,
    ...(signer === undefined ? [] : [libraryPaths.signature]),
  ];
  for (const { number, changed, gone } of deltas) {
    for (const path of whole) await changed.write(pathLine(path));
    add(updatePath(number, "files"), "text/plain", await changed.end());
    add(updatePath(number, "delete"), "text/plain", await gone.end());
  }
  for (const entry of made) await sums.write(texts.sumLine(entry));
  const checksums = await sums.end();
  add(libraryPaths.checksums, "text/plain", checksums);
  if (signer !== undefined)
    add(
      libraryPaths.signature,
      "text/plain",
      await put(await signer.sign(blobs.open(checksums.digest), context)),
    );
  return made.sort((one, other) => comparePaths(one.path, other.path));
}
