import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { termLines } from "../../../../engine/library/merge-runs.ts";
import { digestOf } from "../../../../engine/model/digest.ts";
import { libraryModule } from "../../../../engine/model/module.ts";
import { parseSitePath } from "../../../../engine/model/site-path.ts";
import { type Book, openShelf, page } from "./shelf.ts";

const physics: Book = {
  id: "/courses/physics",
  kind: "department",
  title: "Physics",
  pages: { "index.htm": page("Physics", "<p>All of physics.") },
};
const mechanics: Book = {
  id: "/courses/physics/8-01-mechanics-fall-2016",
  title: "Classical Mechanics",
  pages: {
    "index.htm": page("Home", "<p>Forces & torques", "How things fall"),
    "syllabus/index.htm": page("Syllabus", "<p>Pendulums, <b>ro</b>tors. Zyzzyva."),
    "notes.pdf": "%PDF",
  },
};
const poems: Book = {
  id: "/courses/literature/21l-004-poems",
  title: 'Poems <of> "Ode" & more',
  pages: { "a.htm": page("Odes", "<p>Ολα Ελλάδα Überfluß 物理学") },
};
const books = [physics, mechanics, poems];
const search = "/about-this-copy/search";

describe("a library", () => {
  let shelf: Awaited<ReturnType<typeof openShelf>>;
  beforeEach(async () => {
    shelf = await openShelf();
  });
  afterEach(() => shelf.clear());

  /** The paths of the library's files that differ between two libraries. */
  async function changed(before: readonly Book[], after: readonly Book[]): Promise<string[]> {
    const old = new Map((await shelf.entries(await shelf.make(before))).map((each) => [each.path, each]));
    const made = await shelf.entries(await shelf.make(after));
    return made.filter(({ path, digest }) => old.get(path)?.digest !== digest).map(({ path }) => path);
  }

  it("is one page, a search and what every copy has", async () => {
    const texts = await shelf.texts(await shelf.make(books));
    const keys = [...texts.keys()].filter((path) => !/\/search\/(?:pages|terms)\//.test(path));
    expect(keys).toEqual([
      "/README.txt",
      "/about-this-copy/search.htm",
      `${search}/descriptions.js`,
      `${search}/search.js`,
      `${search}/terms.js`,
      `${search}/titles.js`,
      "/about-this-copy/style.css",
      "/index.htm",
      "/verify.cmd",
      "/verify.sh",
    ]);
    expect(texts.get("/verify.sh")).not.toContain("\r");
    expect(
      texts
        .get("/verify.cmd")
        ?.split("\n")
        .slice(0, -1)
        .every((line) => line.endsWith("\r")),
    ).toBe(true);
  });

  it("lists modules by department, with what is known of them", async () => {
    const index = (await shelf.texts(await shelf.make(books))).get("/index.htm") ?? "";
    const rows = index.split("\n").filter((line) => line.startsWith("<tr>"));
    expect(rows).toEqual([
      '<tr><td>8.01<td><a href="courses/physics/8-01-mechanics-fall-2016/index.htm">Classical Mechanics</a>' +
        "<td>251 B<td>2026-11-20",
      '<tr><td>21L.004<td><a href="courses/literature/21l-004-poems/a.htm">' +
        "Poems &#60;of&#62; &#34;Ode&#34; &#38; more</a><td>111 B<td>2026-11-20",
    ]);
    expect(index).toContain('<h2 id="/courses/physics"><a href="courses/physics/index.htm">Physics</a></h2>');
    expect(index).toContain('<h2 id="all-course">Other courses</h2>');
    expect(index).not.toContain("left out");
  });

  it("says what is left out and why", async () => {
    const leftOut = [
      {
        title: "Optics",
        liveUrl: "https://ocw.example.edu/optics",
        reason: "it is in no part that was chosen",
      },
    ];
    const selection = { name: "lite", destinations: [], without: ["video", "audio"] as const };
    const index = (await shelf.texts(await shelf.make(books, { leftOut, selection }))).get("/index.htm");
    expect(index).toContain("This copy is without video and audio.");
    expect(index).toContain(`<p>Left out because it is in no part that was chosen:</p>
<ul>
<li><a data-online href="https://ocw.example.edu/optics">Optics</a>`);
  });

  it("finds a home page whose name was changed", async () => {
    const place = async (path: string) => parseSitePath(path.replace("index.htm", "syllabus/index.htm"));
    const index = (await shelf.texts(await shelf.make([mechanics], { place }))).get("/index.htm");
    expect(index).toContain('href="courses/physics/8-01-mechanics-fall-2016/syllabus/index.htm"');
  });

  it("is the one before if nothing changed, and needs no page again", async () => {
    const first = await shelf.make(books);
    expect((await shelf.make(books)).id).toBe(first.id);
    expect((await shelf.make(books.toReversed())).id).toBe(first.id);
  });

  it("is another one when another key signs, and names the key", async () => {
    const [one, other] = ["SHA256:one", "SHA256:other"];
    const first = await shelf.make(books, { signerKeyFingerprint: one });
    expect((await shelf.make(books, { signerKeyFingerprint: one })).id).toBe(first.id);
    const second = await shelf.make(books, { signerKeyFingerprint: other });
    expect(second.id).not.toBe(first.id);
    expect((await shelf.texts(second)).get("/index.htm")).toContain(other);
    expect((await shelf.make(books)).id).not.toBe(second.id);
  });

  it("tells what the first page of a module says of itself, kept or made anew", async () => {
    for (let turn = 0; turn < 2; turn++) {
      const texts = await shelf.texts(await shelf.make(books));
      expect(texts.get(`${search}/descriptions.js`)).toContain('"How things fall"');
    }
  });

  it("promise 6: is sealed when its bytes are on the disk, and not before", async () => {
    const seen: unknown[] = [];
    const sync = async () => {
      seen.push(await shelf.store.releases.latest(libraryModule, "mirror/all"));
      await shelf.blobs.sync();
    };
    await shelf.make(books, { blobs: { ...shelf.blobs, sync } });
    expect(seen).toEqual([undefined]);
  });

  it("reads no page but the one that changed", async () => {
    await shelf.make(books);
    const read: string[] = [];
    const blobs: typeof shelf.blobs = {
      ...shelf.blobs,
      read(digest, sizeMax) {
        read.push(digest);
        return shelf.blobs.read(digest, sizeMax);
      },
    };
    const text = page("Syllabus", "<p>Levers, and what they lift.");
    const pages = { ...mechanics.pages, "syllabus/index.htm": text };
    await shelf.make([physics, { ...mechanics, pages }, poems], { blobs });
    expect(read).toEqual([digestOf(text)]);
  });

  it("finds a page that moved where it is now", async () => {
    await shelf.make(books);
    const { "syllabus/index.htm": moved = "", ...rest } = mechanics.pages;
    const pages = { ...rest, "outline/index.htm": moved };
    const texts = await shelf.texts(await shelf.make([physics, { ...mechanics, pages }, poems]));
    const found = [...texts].filter(([path]) => path.startsWith(`${search}/pages/`)).map(([, text]) => text);
    expect(found.join("")).toContain("outline/index.htm");
    expect(found.join("")).not.toContain("syllabus/index.htm");
  });

  it("lists terms in order, each once, as the search looks for them", async () => {
    const texts = await shelf.texts(await shelf.make(books));
    for (const [path, text] of texts) {
      if (!/\/search\/(?:pages|terms)\//.test(path)) continue;
      const terms = [...termLines(text)].map((line) => line.slice(0, line.indexOf(" ")));
      expect(terms.length, path).toBeGreaterThan(0);
      expect(terms, path).toEqual([...new Set(terms)].sort());
    }
  });

  it("searches what pages are small enough for, as the limit is now", async () => {
    const terms = async (pageBytesMax: number) => {
      const texts = await shelf.texts(await shelf.make(books, { pageBytesMax }));
      return [...texts]
        .filter(([path]) => path.startsWith(`${search}/terms/`))
        .map(([, text]) => text)
        .join("");
    };
    expect(await terms(10)).toBe("");
    expect(await terms(1_000_000)).toContain("zyzzyva");
    const { length } = mechanics.pages["syllabus/index.htm"] ?? "";
    expect(await terms(length - 1)).not.toContain("zyzzyva");
    expect(await terms(length)).toContain("zyzzyva");
  });

  it("bounds the terms of a page and of a module", async () => {
    const words = (at: number) => Array.from({ length: 10_001 }, (_, n) => `t${at}x${n}`).join(" ");
    const pages = Object.fromEntries(
      Array.from({ length: 11 }, (_, at) => [`${at}.htm`, page("", words(at))]),
    );
    const texts = await shelf.texts(await shelf.make([{ ...mechanics, pages }]));
    const [index = ""] = [...texts]
      .filter(([path]) => path.startsWith(`${search}/pages/`))
      .map(([, text]) => text);
    const terms = [...termLines(index)].map((line) => line.slice(0, line.indexOf(" ")));
    expect(terms).toHaveLength(100_000);
    expect(terms).toContain("t0x9999");
    expect(terms).not.toContain("t0x10000");
  });

  it("changes little where one page changed", async () => {
    const pages = { ...mechanics.pages, "syllabus/index.htm": page("Syllabus", "<p>Pendulums, rotors.") };
    const paths = await changed(books, [physics, { ...mechanics, pages }, poems]);
    expect(paths.map((path) => path.replace(/\w{10}\.js/, "x.js"))).toEqual([
      `${search}/pages/x.js`,
      `${search}/terms/x.js`,
      "/index.htm",
    ]);
  });

  it("keeps no more than its page file where a page changed nothing that is searched", async () => {
    const pages = {
      ...mechanics.pages,
      "syllabus/index.htm": page("Notes", mechanics.pages["index.htm"] ?? ""),
    };
    const same = { ...mechanics.pages, "notes.pdf": "%PDG" };
    expect(await changed(books, [physics, { ...mechanics, pages: same }, poems])).toEqual([]);
    expect(await changed(books, [physics, { ...mechanics, pages }, poems])).not.toContain(
      `${search}/titles.js`,
    );
  });

  it("lists what has a number by number, then the rest by title", async () => {
    const titled = (id: string, title: string): Book => ({ ...mechanics, id: `/courses/${id}`, title });
    const some = [
      titled("b", "Baking"),
      titled("10-01-z", "Z"),
      titled("a", "HST.5 Æ"),
      titled("9-001-y", "Y"),
    ];
    const index = (await shelf.texts(await shelf.make(some))).get("/index.htm") ?? "";
    expect([...index.matchAll(/<tr><td>([^<]*)/g)].map(([, number]) => number)).toEqual([
      "9.001",
      "10.01",
      "HST.5",
      "",
    ]);
  });

  it("takes no number from what is no course number", async () => {
    const guide = { ...mechanics, id: "/courses/intro-2010-guide", title: "Guide" };
    const index = (await shelf.texts(await shelf.make([guide]))).get("/index.htm");
    expect(index).not.toContain("Number");
    expect(index).toContain('<h2 id="all-course">Courses</h2>');
  });

  it("stands even where a module has no page, or none that can be read", async () => {
    const files: Book = { id: "/files", kind: "resource", title: "Files", pages: { "a.pdf": "%PDF" } };
    const odd: Book = { id: "/odd", title: "Odd", pages: { "index.htm": '<meta charset="utf-7">' } };
    const index = (await shelf.texts(await shelf.make([files, odd]))).get("/index.htm");
    expect(index).toContain("<tr><td>Files<td>4 B");
    expect(index).toContain('<a href="odd/index.htm">Odd</a>');
  });
});
