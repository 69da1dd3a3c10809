import { once } from "node:events";
import { appendFile, mkdir, mkdtemp, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { directorySource } from "../../adapters/sources/directory/directory-source.ts";
import { egressPolicy } from "../../engine/egress/egress-policy.ts";
import type { Source } from "../../engine/ports/source.ts";
import { freshContext, hastyClock, keptLog } from "../unit/engine/crawl/crawl-bench.ts";
import { seedsOf, testSource } from "./source.ts";

const fileUrl = "/courses/waves/notes/wave%20tank.pdf";
const bytes = Buffer.alloc(200_000, "A wave in a tank. ");
const files: Readonly<Record<string, string | Buffer>> = {
  "index.html": "<p>Home</p>",
  "css/site.css": "p{}",
  "courses/index.html": "<p>All courses</p>",
  "courses/waves/index.html": '<a href="notes/">Notes</a>',
  "courses/waves/notes/index.html": "<p>Notes</p>",
  "courses/waves/notes/wave tank.pdf": bytes,
  "courses/waves/notes/.hidden": "x",
  "courses/tides/index.html": "<p>Tides</p>",
};
const options = {
  aliases: ["www.example.edu"],
  modules: [
    { prefix: "/courses/*", kind: "course" },
    { prefix: "/courses/waves", kind: "course", title: "Waves and Vibrations" },
  ],
};

/** A built site in a folder of its own. */
async function withSite(test: (source: Source, root: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "ocw-engine-directory-"));
  const root = join(folder, "public");
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    }
    const { create, hosts } = directorySource.prepare({ ...options, root });
    const tools = { name: "site", egress: egressPolicy(hosts), clock: hastyClock(), log: keptLog() };
    await test(create(tools), root);
  } finally {
    await rm(folder, { recursive: true });
  }
}

testSource("directory", (test) =>
  withSite(async (plain, root) => {
    let toCut: string | undefined;
    const source: Source = {
      ...plain,
      async fetch(request, context) {
        const fetched = await plain.fetch(request, context);
        if (toCut !== undefined) await truncate(join(root, decodeURIComponent(toCut)), 70_000);
        return fetched;
      },
    };
    await test(
      {
        source,
        module: "/courses/waves",
        file: { url: fileUrl, bytes },
        missingUrl: "/courses/never/built.html",
        deniedUrl: "/courses/waves/notes/.hidden",
        spellings: ["/courses/waves/notes/index.html", "/courses/./waves//notes/?edition=2#top"],
        async cutBodyOf(url) {
          toCut = url;
        },
        async goAway() {
          await rename(root, `${root}.away`);
          return () => rename(`${root}.away`, root);
        },
      },
      freshContext(),
    );
  }),
);

const get = (source: Source, path: string) => source.fetch({ url: source.origin + path }, freshContext());

describe("the source directory", () => {
  it("finds modules by list and by pattern, with a revision that tells every change", async () => {
    await withSite(async (source, root) => {
      const list = () => Array.fromAsync(source.modules(freshContext()));
      const before = await list();
      expect(before.map(({ id, title, state }) => ({ id, title, state }))).toEqual([
        { id: "/courses/waves", title: "Waves and Vibrations", state: "published" },
        { id: "/courses/tides", title: "tides", state: "published" },
      ]);
      await rm(join(root, "courses/waves/notes/wave tank.pdf"));
      const after = await list();
      expect(after[0]?.revision).not.toBe(before[0]?.revision);
      expect(after[1]?.revision).toBe(before[1]?.revision);
    });
  });

  it("declares every file of a module by its own name, and nothing of another", async () => {
    await withSite(async (source) => {
      const [waves] = await Array.fromAsync(source.modules(freshContext()));
      if (waves === undefined) throw new Error("the folder has no module");
      const seeds = await seedsOf(source, waves, freshContext());
      expect(seeds.map(({ url }) => url).sort()).toEqual(
        ["/courses/waves/index.html", "/courses/waves/notes/index.html", fileUrl].map(
          (u) => source.origin + u,
        ),
      );
      expect(new Set(seeds.map(({ form }) => form))).toEqual(new Set(["file"]));
    });
  });

  it("does not take a module without files for one whose files were all deleted", async () => {
    await withSite(async (source, root) => {
      const [waves] = await Array.fromAsync(source.modules(freshContext()));
      if (waves === undefined) throw new Error("the folder has no module");
      await rm(join(root, "courses/waves"), { recursive: true });
      const seeds = Array.fromAsync(source.seeds(waves, freshContext()));
      await expect(seeds).rejects.toMatchObject({ code: "not-found" });
    });
  });

  it("leaves out links and hidden files, says so, and refuses to read them", async () => {
    await withSite(async (source, root) => {
      const waves = join(root, "courses/waves");
      await writeFile(join(root, "../secret.txt"), "secret");
      await symlink("../../../secret.txt", join(waves, "out.txt"));
      await symlink("../..", join(waves, "loop"));
      await symlink("../../..", join(waves, "up"));
      const log = keptLog();
      const [module] = await Array.fromAsync(source.modules(freshContext()));
      if (module === undefined) throw new Error("the folder has no module");
      expect(await Array.fromAsync(source.seeds(module, freshContext(log)))).toHaveLength(3);
      for (const name of ["out.txt", "loop", "up", "notes/.hidden"]) {
        expect(log.lines.join("\n")).toContain(`courses/waves/${name}`);
        const read = get(source, `/courses/waves/${name}`);
        await expect(read).rejects.toMatchObject({ code: "refused" });
      }
      for (const path of ["/courses/waves/up/secret.txt", "/..%2Fsecret.txt", "/courses/waves/%00"])
        await expect(get(source, path)).rejects.toMatchObject({ code: "refused" });
    });
  });

  it("refuses what is no file", async () => {
    await withSite(async (source, root) => {
      const server = createServer();
      await once(server.listen(join(root, "courses/waves/socket")), "listening");
      await expect(get(source, "/courses/waves/socket")).rejects.toMatchObject({ code: "refused" });
      await new Promise((resolve) => server.close(resolve));
    });
  });

  it("answers for a folder with a redirect to its index", async () => {
    await withSite(async (source) => {
      const fetched = await get(source, "/courses/waves");
      const location = `${source.origin}/courses/waves/index.html`;
      expect(source.judge(fetched, new Uint8Array())).toEqual({ kind: "redirect", location });
      expect(source.canonical(new URL("https://www.example.edu/courses/waves/"))?.href).toBe(location);
    });
  });

  it("tells the type of a file by its extension, however it is written", async () => {
    await withSite(async (source, root) => {
      await writeFile(join(root, "a.CSS"), "p{}");
      await writeFile(join(root, "a.constructor"), "x");
      expect((await get(source, "/a.CSS")).mediaType).toBe("text/css");
      expect((await get(source, "/a.constructor")).mediaType).toBe("application/octet-stream");
    });
  });

  it("promise 8: never takes an empty file for content, nor one that grows while it is read", async () => {
    await withSite(async (source, root) => {
      await writeFile(join(root, "empty.html"), "");
      const empty = await get(source, "/empty.html");
      expect(source.judge(empty, new Uint8Array())).toMatchObject({ kind: "error-page", retryable: false });
      const growing = await get(source, fileUrl);
      const body = growing.body[Symbol.asyncIterator]();
      await body.next();
      await appendFile(join(root, decodeURIComponent(fileUrl)), "more");
      const rest = Array.fromAsync({ [Symbol.asyncIterator]: () => body });
      await expect(rest).rejects.toMatchObject({ code: "corrupt" });
    });
  });
});
