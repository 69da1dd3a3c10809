import { readdir } from "node:fs/promises";
import path from "node:path";
import { digestOf } from "../../../engine/model/digest.ts";
import type { Entry } from "../../../engine/model/entry.ts";
import { parseModuleId } from "../../../engine/model/module.ts";
import { parseSitePath } from "../../../engine/model/site-path.ts";
import type { CallContext, Log } from "../../../engine/ports/context.ts";
import type {
  Claim,
  CommitWave,
  Delivery,
  Destination,
  Outcome,
  Put,
  Standing,
} from "../../../engine/ports/destination.ts";

/** A destination with nothing in it, and the local folders behind it. */
export interface DestinationBench {
  readonly destination: Destination;
  /** What stands before every site path at this destination: "" or the prefix that it strips. */
  readonly prefix: string;
  readonly holding: string;
  /** A local folder outside the site that the host's user can reach. Not there yet. */
  readonly outside: string;
  /** The local file that readers see for a site path, or for a folder of the site. */
  fileOf(sitePath: string): string;
  /** Makes sure that something stands there already, so that files can be planted. */
  prepareSite(): Promise<void>;
}

/** A running host that gives a fresh bench to each test. */
export interface DestinationHost {
  bench(): Promise<DestinationBench>;
  /** Breaks every open connection; absent where there is none to break. */
  cut?(): Promise<void>;
  stop(): Promise<void>;
}

const silent = () => undefined;
const silentLog: Log = { debug: silent, info: silent, warn: silent, error: silent, with: () => silentLog };

/** A context for calls; give a signal to cancel them. */
export function createContext(signal: AbortSignal = new AbortController().signal): CallContext {
  return { signal, log: silentLog };
}

export const moduleId = parseModuleId("/courses/physics/8-01");

/** A claim on the module of the tests. */
export function claimOf(token: number, deliveryId = `delivery-${token}`): Claim {
  return { module: moduleId, deliveryId, token };
}

/** A put of some bytes in the module of the tests, or at an absolute path. */
export function putOf(
  bench: DestinationBench,
  name: string,
  content: string | Buffer,
  mtimeSeconds = 1_700_000_000,
): Put {
  const bytes = Buffer.from(content);
  const entry: Entry = {
    path: parseSitePath(`${bench.prefix}${name.startsWith("/") ? name : `${moduleId}/${name}`}`),
    digest: digestOf(bytes),
    size: bytes.length,
    mediaType: "application/octet-stream",
    mtimeSeconds,
  };
  return { entry, open: () => streamOf(bytes) };
}

/** Bytes in pieces of uneven size. */
export async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0, step = 1; at < bytes.length; at += step, step = Math.min(step * 3, 100_000))
    yield bytes.subarray(at, at + step);
}

/** Any elements, one at a time. */
async function* streamEach<Element>(elements: Iterable<Element>): AsyncGenerator<Element> {
  yield* elements;
}

export async function stageAll(
  delivery: Delivery,
  puts: readonly Put[],
  context = createContext(),
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for await (const outcome of delivery.stage(streamEach(puts), context)) outcomes.push(outcome);
  return outcomes;
}

/** A wave of puts, and of removals by the name of their puts. */
export function waveOf(puts: readonly Put[], removals: readonly Put[] = []): CommitWave {
  return { puts: puts.map((put) => put.entry), removals: removals.map((put) => put.entry.path) };
}

export async function lookAt(
  delivery: Delivery,
  puts: readonly Put[],
  options = { digests: true },
): Promise<readonly Standing[]> {
  const paths = streamEach(puts.map((put) => put.entry.path));
  const standings: Standing[] = [];
  for await (const standing of delivery.look(paths, options, createContext())) standings.push(standing);
  return standings;
}

/** What `look` must answer once a put stands. */
export function standingOf(bench: DestinationBench, { entry }: Put): Record<string, unknown> {
  const { path: sitePath, size, digest, mtimeSeconds } = entry;
  const time = bench.destination.traits.setsMtime ? { mtimeSeconds } : {};
  return { path: sitePath, kind: "file", size, digest, ...time };
}

/** A whole delivery in one wave. */
export async function deliver(
  bench: DestinationBench,
  claim: Claim,
  puts: readonly Put[],
  removals: readonly Put[] = [],
): Promise<void> {
  const context = createContext();
  const delivery = await bench.destination.open(claim, context);
  try {
    await stageAll(delivery, puts);
    await delivery.commit(waveOf(puts, removals), context);
    await delivery.conclude(context);
  } finally {
    await delivery.close();
  }
}

/** The names of all files below a local folder that are not empty, relative; none if it is not there. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** The files of a bench's holding folder that are no marks of claims. */
export async function waitingFiles(bench: DestinationBench): Promise<readonly string[]> {
  return (await filesBelow(bench.holding)).filter((file) => !/(?:claim|seen)-\d/.test(file));
}
