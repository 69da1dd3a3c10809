import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PublishError } from "../../engine/errors/publish-error.ts";
import { isLibraryName } from "../../engine/model/library-paths.ts";
import { parseSitePath, type SitePath } from "../../engine/model/site-path.ts";
import { relativeUrl } from "../../engine/render/mirror-edition.ts";
import { mirrorNames, safeName } from "../../engine/render/mirror-names.ts";
import { type NameTable, nameTable } from "./name-table.ts";

const letters = [..."abAsSkKßẞſσςΣİıiéÉ:?*<| .~1_-$", "\u212a", "\u200d", "\u0301", "\u{1f600}", "漢"];
const words = [
  "con",
  "Con",
  "COM¹",
  "nul .x",
  "index.htm",
  "README.txt",
  "about-this-copy",
  "a~1",
  "A.",
  "a ",
];
const segment = fc.oneof(
  { weight: 6, arbitrary: fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 2 }) },
  { weight: 3, arbitrary: fc.constantFrom(...words).map((word) => [word]) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom("x", "X", "é", "漢", "\u{1f600}"),
        fc.integer({ min: 20, max: 251 }),
        fc.boolean(),
      )
      .map(([letter, length, hasDot]) => [...letter.repeat(length).slice(0, length), hasDot ? ".pdf" : ""]),
  },
);
const sitePath = fc
  .array(
    segment.map((parts) => parts.join("")),
    { minLength: 1, maxLength: 5 },
  )
  .map((segments) => `/${segments.join("/")}`.normalize("NFC"))
  .filter(isSitePath);
const sitePaths = fc.array(sitePath, { minLength: 1, maxLength: 25 }).map(standingTogether);

function isSitePath(path: string): path is SitePath {
  try {
    return path.isWellFormed() && parseSitePath(path) === path;
  } catch (error) {
    if (error instanceof PublishError) return false;
    throw error;
  }
}

/** Without what is a file and a folder of the site at once: no source can have that. */
function standingTogether(paths: readonly SitePath[]): SitePath[] {
  const distinct = [...new Set(paths)];
  return distinct.filter((path) => !distinct.some((other) => other.startsWith(`${path}/`)));
}

async function placesOf(paths: readonly SitePath[], table: NameTable = nameTable()): Promise<SitePath[]> {
  const place = mirrorNames(table);
  const places: SitePath[] = [];
  for (const path of paths) places.push(await place(path));
  return places;
}

const simpleUpper = (text: string): string =>
  text.replace(/[\s\S]/g, (unit) => (unit.toUpperCase().length === 1 ? unit.toUpperCase() : unit));

// What each takes for the same name, written down apart from what the product does.
const fileSystems: Record<string, (name: string) => string> = {
  ext4: (name) => name,
  NTFS: (name) => simpleUpper(name),
  exFAT: (name) => simpleUpper(name),
  FAT32: (name) => simpleUpper(name.replace(/^ +|[. ]+$/g, "")),
  APFS: (name) => name.normalize("NFD").replace(/ẞ/g, "ss").toUpperCase().toLowerCase().normalize("NFD"),
  "HFS+": (name) =>
    name
      .normalize("NFD")
      .replace(/[\u200c-\u200f\ufeff]/g, "")
      .toLowerCase(),
};

/** Two files or folders of a tree that a file system would make one; undefined if there are none. */
function mergedIn(paths: readonly string[], fold: (name: string) => string): readonly string[] | undefined {
  const standing = new Map<string, string>();
  for (const path of paths) {
    const segments = path.split("/").slice(1);
    for (const [depth] of segments.entries()) {
      const end = depth === segments.length - 1 ? "file" : "folder";
      const here = `${end} /${segments.slice(0, depth + 1).join("/")}`;
      const folded = segments
        .slice(0, depth + 1)
        .map(fold)
        .join("/");
      const there = standing.get(folded) ?? here;
      if (there !== here) return [there, here];
      standing.set(folded, here);
    }
  }
  return undefined;
}

const illegal = /[\p{Cc}<>:"|?*\\]|[. ]$|^ |^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]) *(?:\.|$)/iu;

describe("places in a mirror", () => {
  it("are distinct on every file system, legal, short, and none of ours", async () => {
    await fc.assert(
      fc.asyncProperty(sitePaths, async (paths) => {
        const places = await placesOf(paths);
        expect(new Set(places).size).toBe(paths.length);
        for (const [name, fold] of Object.entries(fileSystems))
          expect(mergedIn(places, fold), name).toBeUndefined();
        for (const place of places) {
          expect(parseSitePath(place)).toBe(place);
          expect(place.length).toBeLessThanOrEqual(180);
          expect(isLibraryName(place)).toBe(false);
          for (const part of place.slice(1).split("/")) {
            expect(part).not.toMatch(illegal);
            expect(Buffer.byteLength(part)).toBeLessThanOrEqual(255);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("never change, whatever comes or goes", async () => {
    await fc.assert(
      fc.asyncProperty(sitePaths, sitePaths, async (before, after) => {
        const table = nameTable();
        const places = await placesOf(before, table);
        await placesOf(after, table);
        expect(await placesOf(before.toReversed(), table)).toEqual(places.toReversed());
      }),
      { numRuns: 100 },
    );
  });

  it("depend on other paths only where one holds the name", async () => {
    await fc.assert(
      fc.asyncProperty(sitePaths, sitePath, async (others, path) => {
        const [alone, together] = [nameTable(), nameTable()];
        const [undisturbed] = await placesOf([path], alone);
        await placesOf(others, together);
        const [place] = await placesOf([path], together);
        const isHeld = [...alone.owners].some(
          ([name, owner]) => (together.owners.get(name) ?? owner) !== owner,
        );
        if (!isHeld && place !== undefined && !others.some((other) => other.startsWith(`${path}/`)))
          expect(place).toBe(undisturbed);
      }),
      { numRuns: 200 },
    );
  });

  it("are the paths themselves where these are safe and short", async () => {
    const plain = fc
      .stringMatching(/^[a-z0-9][a-z0-9 ._-]{0,20}[a-z0-9]$/)
      .filter((name) => !illegal.test(name));
    const path = fc
      .array(plain, { minLength: 2, maxLength: 7 })
      .map((parts) => parseSitePath(`/${parts.join("/")}`));
    await fc.assert(
      fc.asyncProperty(fc.array(path).map(standingTogether), async (paths) => {
        expect(await placesOf(paths)).toEqual(paths);
      }),
      { numRuns: 100 },
    );
  });

  it("are reached by relative URLs, from a folder and from a server", async () => {
    await fc.assert(
      fc.asyncProperty(sitePath, sitePath, async (from, to) => {
        const [here = from, there = to] = await placesOf([from, to]);
        for (const root of ["file:///media/a%20%C3%A9", "http://mirror.example/sub"]) {
          const base = `${root}${here.split("/").map(encodeURIComponent).join("/")}`;
          const { href, search, hash } = new URL(relativeUrl(here, there), base);
          expect(decodeURIComponent(href)).toBe(decodeURIComponent(root) + there);
          expect(search + hash).toBe("");
        }
      }),
      { numRuns: 200 },
    );
  });
});

it("a safe name is safe already", () => {
  fc.assert(
    fc.property(
      segment.map((parts) => parts.join("")),
      (name) => {
        const safe = safeName(name);
        expect(safeName(safe)).toBe(safe);
        expect(safe).not.toMatch(illegal);
      },
    ),
    { numRuns: 1_000 },
  );
});
