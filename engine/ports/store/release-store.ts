import type { Digest } from "../../model/digest.ts";
import type { Entry } from "../../model/entry.ts";
import type { ModuleId } from "../../model/module.ts";
import type { Edition, EditionKind, Release } from "../../model/release.ts";
import type { SitePath } from "../../model/site-path.ts";

/** Asked of the site while a page was rendered, and what it answered: part of the key of the render cache. */
export interface Answer {
  readonly question: string;
  readonly answer: string;
}

/** What one blob became in one edition. */
export interface Rendered {
  readonly digest: Digest;
  readonly size: number;
  readonly answers: readonly Answer[];
  /** What its maker wants to know of it without reading it. */
  readonly note?: string;
}

/** What a release is made of, before its entries. */
export interface NewRelease {
  readonly module: ModuleId;
  readonly edition: Edition;
  readonly snapshot: number;
  readonly rollbackOf?: number;
}

/** Releases and their manifests, as tables: a manifest is read as a stream sorted by path (byte order). */
export interface ReleaseStore {
  begin(release: NewRelease): Promise<number>;
  addEntry(release: number, entry: Entry): Promise<void>;
  /** An entry of the assets module that this release's pages need. */
  addRequisite(release: number, entry: Entry): Promise<void>;
  /**
   * True if there is no room for a file at a path: an entry of the release stands there already, or beneath
   * it or at a folder above it one of the release or of the edition's past, which a destination may still
   * hold. No commit turns a file into a folder.
   */
  isTaken(release: number, path: SitePath): Promise<boolean>;
  /**
   * Ends the making. If entries and requisites equal those of the module's latest release of the edition
   * (mtimes aside) the new one is dropped and the old one returned.
   */
  seal(release: number): Promise<Release>;
  get(release: number): Promise<Release>;
  latest(module: ModuleId, edition: Edition): Promise<Release | undefined>;
  /** Newest first. */
  list(module: ModuleId, edition: Edition): AsyncIterable<Release>;
  entries(release: number): AsyncIterable<Entry>;
  requisites(release: number): AsyncIterable<Entry>;

  /**
   * The mtime of a digest at a path of an edition: the one it got when it appeared there last, if it is still
   * the last to have appeared; else a new one from `nextMtime`, which is kept. Where it may, an edition of
   * the mirror takes the one that `mirror/all` has for the same digest, so that trees can share the file.
   */
  stampMtime(edition: Edition, path: SitePath, digest: Digest, now: Date): Promise<number>;
  /**
   * The same for a digest that a crawl saw at a moment, which may be long past: one that a later sighting has
   * overtaken gets an older mtime than the last and takes nothing back.
   */
  seenMtime(edition: Edition, path: SitePath, digest: Digest, seenAt: Date): Promise<number>;
  /** The render of a blob under a key (transform version, options, path); undefined if there is none. */
  rendered(key: string, blob: Digest): Promise<Rendered | undefined>;
  keepRendered(key: string, blob: Digest, rendered: Rendered): Promise<void>;
  /**
   * Keeps what the pages of a release asked for in vain or of others: modules, so that askers are found when
   * those change, and absolute URLs of media that nobody had kept.
   */
  keepAsked(release: number, about: readonly string[]): Promise<void>;
  /** Modules whose latest release of the edition asked about `module`. */
  askers(edition: Edition, module: ModuleId): Promise<readonly ModuleId[]>;
  /** Those whose latest release lacks media, of which some were not asked for in vain since that moment. */
  wanting(edition: Edition, since: Date): Promise<readonly ModuleId[]>;
}

/** Which URL path owns which file name in an edition whose names must be safe on every file system. */
export interface NameStore {
  /**
   * The name for a path of the site, file or folder: the one it has, else the first of the candidates whose
   * folded form (`foldName`) no other path has claimed. Throws `conflict` if all are taken. Claims are kept
   * for ever: a name never passes to another path.
   */
  claim(kind: EditionKind, path: SitePath, candidates: Iterable<string>): Promise<string>;
}
