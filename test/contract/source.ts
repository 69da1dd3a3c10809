import { describe, expect, it } from "vitest";
import { PublishError } from "../../engine/errors/publish-error.ts";
import type { ModuleRef } from "../../engine/model/module.ts";
import { takeStart } from "../../engine/ports/body-start.ts";
import type { CallContext } from "../../engine/ports/context.ts";
import type { Seed, Source, Verdict } from "../../engine/ports/source.ts";

/** A source with content behind it, as the suite needs it. URLs are paths at the source's origin. */
export interface SourceUnderTest {
  readonly source: Source;
  /** The id of a module that the source lists, and of one that is not there. */
  readonly module: string;
  /** A file with its bytes, which the source can tell to be unchanged. */
  readonly file: { readonly url: string; readonly bytes: Uint8Array };
  readonly missingUrl: string;
  /** A module that the first one declares to depend on it, where the source knows of such. */
  readonly dependent?: string;
  /** A URL that must never be requested; a canonical one in another spelling; one of another host. */
  readonly deniedUrl: string;
  readonly spellings: readonly [canonical: string, other: string];
  /** Breaks the next body that is fetched from a URL before its declared end. */
  cutBodyOf(url: string): Promise<void>;
  /** Makes the source unreachable until the given function is called. */
  goAway(): Promise<() => Promise<void>>;
}

const bodyStartBytes = 65_536;

/** Fetches and judges, and gives the whole body when it is content. */
async function look(
  source: Source,
  url: string,
  context: CallContext,
  conditions: Omit<Parameters<Source["fetch"]>[0], "url"> = {},
) {
  const fetched = await source.fetch({ url, ...conditions }, context);
  const { start, body, drop } = await takeStart(fetched.body, bodyStartBytes);
  const verdict: Verdict = source.judge(fetched, start);
  if (verdict.kind === "content")
    return { fetched, verdict, bytes: Buffer.concat(await Array.fromAsync(body)) };
  await drop();
  return { fetched, verdict, bytes: undefined };
}

type SourceTest = (under: SourceUnderTest, context: CallContext) => Promise<void>;

/** Registers a test by its title. */
type Register = (title: string, body: SourceTest) => void;

/** Gives a test a fresh source, and clears up after it. */
export type WithSource = (test: SourceTest) => Promise<void>;

/** The promises of the port `Source` that hold for every source. */
export function testSource(name: string, withSource: WithSource): void {
  describe(`the source ${name}`, () => {
    const test: Register = (title, body) => it(title, () => withSource(body));
    testListing(test);
    testFetching(test);
    testBehaving(test);
  });
}

async function moduleOf({ source, module }: SourceUnderTest, context: CallContext): Promise<ModuleRef> {
  const found = (await Array.fromAsync(source.modules(context))).find(({ id }) => id === module);
  if (found === undefined) throw new Error(`the source does not list ${module}`);
  return found;
}

/** What a source declares of a module's own, without its dependents. */
export async function seedsOf(source: Source, module: ModuleRef, context: CallContext): Promise<Seed[]> {
  const declared = await Array.fromAsync(source.seeds(module, context));
  return declared.filter((each) => "url" in each);
}

function testListing(test: Register): void {
  test("lists modules, each once, with title and state", async (under, context) => {
    const modules = await Array.fromAsync(under.source.modules(context));
    const ids = modules.map(({ id }) => id);
    expect(ids).toContain(under.module);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { title, state } of modules) expect([title, state]).not.toContain("");
  });

  test("lists one module as among all", async (under, context) => {
    for (const module of await Array.fromAsync(under.source.modules(context))) {
      const alone = await Array.fromAsync(under.source.modules(context, module.id));
      expect(alone.find(({ id }) => id === module.id)).toEqual(module);
    }
  });

  test("declares URLs of its own, and all of them are there", async (under, context) => {
    const seeds = await seedsOf(under.source, await moduleOf(under, context), context);
    expect(seeds.length).toBeGreaterThan(0);
    for (const { url } of seeds) {
      const canonical = under.source.canonical(new URL(url));
      expect(canonical?.origin).toBe(under.source.origin);
      const { verdict } = await look(under.source, canonical?.href ?? url, context);
      expect(verdict).toEqual({ kind: "content" });
    }
  });

  test("names each module that depends on another once, and lists it", async (under, context) => {
    const declared = await Array.fromAsync(under.source.seeds(await moduleOf(under, context), context));
    const dependents = declared.flatMap((each) => ("dependent" in each ? [each.dependent] : []));
    expect(dependents).toEqual(under.dependent === undefined ? [] : [under.dependent]);
    const listed = (await Array.fromAsync(under.source.modules(context))).map(({ id }) => id);
    expect(listed).toEqual(expect.arrayContaining(dependents));
  });

  test("has one form for each URL, and none for those never to be requested", async (under) => {
    const { source, deniedUrl, spellings } = under;
    const [canonical, other] = spellings.map((url) => source.canonical(new URL(url, source.origin)));
    expect(canonical?.href).toBe(source.origin + spellings[0]);
    expect(other?.href).toBe(canonical?.href);
    if (canonical === undefined) throw new Error("the URL has no canonical form");
    expect(source.canonical(canonical)?.href).toBe(canonical.href);
    expect(source.canonical(new URL(deniedUrl, source.origin))).toBeUndefined();
    for (const url of ["http://elsewhere.example/a#b", "mailto:someone@example.org"])
      expect(source.canonical(new URL(url))?.href).toBe(url);
  });
}

function testFetching(test: Register): void {
  test("gives the bytes of a file as they are", async ({ source, file }, context) => {
    const { fetched, bytes } = await look(source, source.origin + file.url, context);
    expect(fetched.url).toBe(source.origin + file.url);
    expect(fetched.mediaType).toMatch(/^[a-z0-9.+-]+\/[a-z0-9.+-]+$/);
    expect(bytes?.equals(file.bytes)).toBe(true);
  });

  test("says that a file is unchanged when asked with its validators", async ({ source, file }, context) => {
    const first = await look(source, source.origin + file.url, context);
    const { validators } = first.fetched;
    if (validators === undefined) throw new Error("the file cannot be told to be unchanged");
    const again = await look(source, source.origin + file.url, context, { validators });
    expect(again.verdict).toEqual({ kind: "unchanged" });
  });

  test("gives the rest of a file, or all of it, when asked for a range", async (under, context) => {
    const { source, file } = under;
    const url = source.origin + file.url;
    const { validators } = (await look(source, url, context)).fetched;
    const validator = validators?.etag ?? validators?.lastModified ?? "";
    const from = Math.floor(file.bytes.byteLength / 2);
    const part = await look(source, url, context, { range: { from, validator } });
    expect(part.verdict).toEqual({ kind: "content" });
    const isPart = part.fetched.status === 206;
    const { byteLength } = file.bytes;
    const range = isPart ? `bytes ${from}-${byteLength - 1}/${byteLength}` : undefined;
    expect(part.fetched.headers["content-range"]).toBe(range);
    expect(part.bytes?.equals(isPart ? file.bytes.subarray(from) : file.bytes)).toBe(true);
  });

  test("gives all of a file when asked for a range of what it is no longer", async (under, context) => {
    const { source, file } = under;
    const validator = "Mon, 02 Mar 1970 09:15:00 GMT";
    const whole = await look(source, source.origin + file.url, context, { range: { from: 10, validator } });
    expect(whole.verdict).toEqual({ kind: "content" });
    expect(whole.bytes?.equals(file.bytes)).toBe(true);
  });

  test("says that nothing is there, rather than failing", async ({ source, missingUrl }, context) => {
    const { verdict } = await look(source, source.origin + missingUrl, context);
    expect(verdict).toEqual({ kind: "gone" });
  });

  test("promise 7: a body that ends early breaks, and is never taken for whole", async (under, context) => {
    const url = under.source.origin + under.file.url;
    await under.cutBodyOf(under.file.url);
    await expect(look(under.source, url, context)).rejects.toMatchObject({ code: "corrupt" });
  });

  test("fetches nothing from anywhere else", async ({ source }, context) => {
    const elsewhere = source.fetch({ url: "http://elsewhere.example/" }, context);
    await expect(elsewhere).rejects.toMatchObject({ code: "refused" });
  });
}

function testBehaving(test: Register): void {
  test("says unavailable while it is away, in a probe too, and then comes back", async (under, context) => {
    const { source, file } = under;
    const comeBack = await under.goAway();
    const away = source.fetch({ url: source.origin + file.url }, context);
    await expect(away).rejects.toMatchObject({ code: "unavailable" });
    expect((await source.probe(context)).checks.some(({ ok }) => !ok)).toBe(true);
    await comeBack();
    expect((await look(source, source.origin + file.url, context)).verdict).toEqual({ kind: "content" });
  });

  test("is well when probed, and says so check by check", async ({ source }, context) => {
    const { subject, checks } = await source.probe(context);
    expect(subject).toContain(source.name);
    expect(checks.length).toBeGreaterThan(0);
    for (const { ok, detail } of checks) expect({ ok, detail }).toMatchObject({ ok: true });
  });

  test("stops when its caller does", async ({ source, file }, { log }) => {
    const stopped = source.fetch({ url: source.origin + file.url }, { signal: AbortSignal.abort(), log });
    const error = await stopped.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PublishError);
    expect(error).toMatchObject({ code: "cancelled" });
  });
}
