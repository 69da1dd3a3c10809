import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Digest, digestOf } from "../../engine/model/digest.ts";
import type { Entry } from "../../engine/model/entry.ts";
import type { ModuleId } from "../../engine/model/module.ts";
import type { HeldEntry } from "../../engine/model/plan.ts";
import { comparePaths, type SitePath } from "../../engine/model/site-path.ts";
import { makePlan, planRequisites } from "../../engine/plan/make-plan.ts";

const module = "/courses/a/b" as ModuleId;

interface File {
  readonly path: string;
  readonly content: string;
  readonly mtimeSeconds: number;
}

const files = fc.uniqueArray(
  fc.record({
    path: fc.stringMatching(/^[a-cé~ ]{1,3}$/),
    content: fc.constantFrom("x", "y", "z"),
    mtimeSeconds: fc.integer({ min: 0, max: 3 }),
  }),
  { selector: (file) => file.path, maxLength: 12 },
);

function sorted(list: readonly File[]): File[] {
  return [...list].sort((a, b) => comparePaths(`/${a.path}`, `/${b.path}`));
}

function entryOf(file: File): Entry {
  return {
    path: `/${file.path}` as SitePath,
    digest: digestOf(file.content),
    size: file.content.length,
    mediaType: "text/html",
    mtimeSeconds: file.mtimeSeconds,
  };
}

function heldOf(file: File, uncertain: boolean): HeldEntry {
  const { path, digest, size, mtimeSeconds } = entryOf(file);
  return { path, owner: module, digest, size, mtimeSeconds, uncertain };
}

async function* stream<T>(elements: Iterable<T>): AsyncGenerator<T> {
  yield* elements;
}

const planOf = (wanted: readonly File[], held: readonly HeldEntry[]) =>
  Array.fromAsync(
    makePlan({
      owner: module,
      wanted: stream(sorted(wanted).map(entryOf)),
      held: stream(held),
      comparesMtime: true,
    }),
  );

describe("a plan", () => {
  it("converges: carried out, the destination holds the release and planning again is empty", async () => {
    await fc.assert(
      fc.asyncProperty(files, files, fc.infiniteStream(fc.boolean()), async (wanted, before, doubt) => {
        const held = sorted(before).map((file) => heldOf(file, doubt.next().value));
        const after = new Map(held.map((row) => [row.path, row]));
        for (const change of await planOf(wanted, held)) {
          if (change.kind === "remove") after.delete(change.path);
          else after.set(change.path, { ...change.entry, owner: module, uncertain: false });
        }
        const rows = [...after.values()].sort((a, b) => comparePaths(a.path, b.path));
        expect(rows.map((row) => [row.path, row.digest, row.mtimeSeconds])).toEqual(
          sorted(wanted)
            .map(entryOf)
            .map((entry) => [entry.path, entry.digest, entry.mtimeSeconds]),
        );
        expect(await planOf(wanted, rows)).toEqual([]);
      }),
    );
  });

  it("gives a reason for every change that the two sides bear out", async () => {
    await fc.assert(
      fc.asyncProperty(files, files, async (wanted, before) => {
        const held = new Map(sorted(before).map((file) => [`/${file.path}`, heldOf(file, false)]));
        for (const change of await planOf(wanted, [...held.values()])) {
          const row = held.get(change.path);
          if (change.kind === "remove") expect(wanted.map(entryOf)).not.toContainEqual(row);
          else if (change.reason === "missing") expect(row).toBeUndefined();
          else if (change.reason === "content") expect(row?.digest).not.toBe(change.entry.digest);
          else expect([change.reason, row?.digest]).toEqual(["metadata", change.entry.digest]);
        }
      }),
    );
  });

  it("refuses entries that are not sorted", async () => {
    const wanted = [entryOf({ path: "b", content: "x", mtimeSeconds: 0 })];
    wanted.push(entryOf({ path: "a", content: "x", mtimeSeconds: 0 }));
    const plan = makePlan({ owner: module, wanted: stream(wanted), held: stream([]), comparesMtime: true });
    await expect(Array.fromAsync(plan)).rejects.toThrow("not sorted");
  });
});

describe("the requisites of a release", () => {
  const row = (content: string, mtimeSeconds: number) =>
    heldOf({ path: "style.css", content, mtimeSeconds }, false);
  const wanted = entryOf({ path: "style.css", content: "mine", mtimeSeconds: 10 });
  const planFor = (held: HeldEntry | undefined) =>
    Array.fromAsync(planRequisites(stream([wanted]), async () => held, "assets" as ModuleId));

  it("replace an older asset", async () => {
    expect(await planFor(row("old", 8))).toMatchObject([{ kind: "put", reason: "content" }]);
  });

  it("never take back a newer asset that another release brought", async () => {
    expect(await planFor(row("new", 12))).toEqual([]);
  });

  it("are put when missing, and when what stands there is in doubt", async () => {
    expect(await planFor(undefined)).toMatchObject([{ reason: "missing" }]);
    expect(await planFor({ ...row("new", 12), uncertain: true })).toMatchObject([{ reason: "uncertain" }]);
  });
});

it("digests name content", () => {
  expect(digestOf("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" as Digest);
});

describe("the order of paths", () => {
  it("is that of their bytes", () => {
    const character = fc.constantFrom("", "/", "a", "é", "\ud7ff", "\ue000", "\uff5e", "🙂", "🙃", "𐀀");
    const text = fc.string({ unit: character, maxLength: 4 });
    fc.assert(
      fc.property(text, text, (one, other) => {
        const inBytes = Buffer.compare(Buffer.from(one), Buffer.from(other));
        expect(Math.sign(comparePaths(one, other))).toBe(inBytes);
      }),
      { numRuns: 1_000 },
    );
  });
});
