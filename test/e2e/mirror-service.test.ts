import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  watch,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { mirrorFolderDestination } from "../../adapters/destinations/mirror/mirror-folder-destination.ts";
import { adapterRegistry } from "../../adapters/registry.ts";
import { makeCatalogue } from "../../engine/library/catalogue/make-catalogue.ts";
import { digestOf } from "../../engine/model/digest.ts";
import type { Entry } from "../../engine/model/entry.ts";
import { libraryModule } from "../../engine/model/module.ts";
import { comparePaths, parseSitePath } from "../../engine/model/site-path.ts";
import type { Destination } from "../../engine/ports/destination.ts";
import { fileBlobStore } from "../../engine/store/file-blob-store.ts";
import { createContext, streamOf } from "../contract/destination/bench.ts";
import { createDestination } from "../contract/destination/ssh-benches.ts";
import { fakeComposition } from "../unit/scripts/fake-composition.ts";
import { runInProcess } from "../unit/scripts/run-bin.ts";
import { findProgram } from "../world/hosts/find-program.ts";
import { type RsyncDaemon, startConfiguredDaemon } from "../world/hosts/rsync-daemon.ts";

const hasRsync = findProgram("rsync") !== undefined;
if (!hasRsync && process.env.CI !== "true")
  process.stderr.write("NOT TESTED: the service of mirrors, since rsync is not installed\n");

const run = promisify(execFile);
type Tree = Readonly<Record<string, string>>;
const video = "v".repeat(2_000_000);
const first: Tree = {
  "a/video.mp4": video,
  "b/page with a space.htm": "one",
  "b/old.htm": "old",
  "c/#same.htm": "same",
};
const second: Tree = { ...first, "b/page with a space.htm": "two!", "new/page.htm": "new" };
const { "b/old.htm": _gone, ...third } = second;

/** What a consumer of the second generation gets besides what really changed. */
const catalogue = [
  "SHA256SUMS",
  "about-this-copy/generation.json",
  "about-this-copy/index.htm",
  "about-this-copy/manifest.jsonl.zst",
  "about-this-copy/trace/site-courses",
  "about-this-copy/updates/from-1.delete",
  "about-this-copy/updates/from-1.files",
];

describe.skipIf(!hasRsync && process.env.CI !== "true")("the service of a mirror", () => {
  let folder: string;
  let root: string;
  let copy: string;
  let daemon: RsyncDaemon | undefined;
  let keyLines: string;
  let destination: Destination;
  let count = 0;
  const trees = new Map<number, Tree>();

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "mirror-service-"));
    // The daemon reads as nobody.
    await chmod(folder, 0o755);
    root = path.join(folder, "it's a mirror");
    await mkdir(root);
    const config = path.join(folder, "site.yaml");
    await writeFile(
      config,
      `site: { name: Courses, publicUrl: "https://ocw.example.edu" }
state: ${folder}/state
source: { type: directory, root: ${folder}, modules: [{ prefix: /courses/one, kind: course, title: One }] }
destinations:
  lite-mirror: { type: mirror-folder, root: ${folder}/lite }
  mirror: { type: mirror-folder, root: "${root}" }
  s: { type: mirror-folder, root: ${folder}/s }
  p: { type: mirror-folder, root: ${folder}/p }
places:
  staging: { origins: [s] }
  production: { origins: [p] }
  mirror: { origins: [mirror, lite-mirror] }
mirror: { selections: { lite: { destinations: [lite-mirror], without: [video] } } }
`,
    );
    const composition = { ...fakeComposition, registry: adapterRegistry };
    const argv = ["mirror", "config", "--config", config, "--out", path.join(folder, "out")];
    const made = await runInProcess(argv, {}, { composition });
    expect(made).toMatchObject({ code: 0, stderr: "" });
    keyLines = await readFile(path.join(folder, "out/localhost/authorized_keys"), "utf8");
    const text = await readFile(path.join(folder, "out/localhost/rsyncd.conf"), "utf8");
    expect(text.match(/^\[.*\]$/gm)).toEqual(["[all]", "[all-generations]", "[lite]", "[lite-generations]"]);
    daemon = await startConfiguredDaemon(path.join(folder, "daemon"), text);
  });
  afterAll(async () => {
    await daemon?.stop();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    copy = path.join(folder, `a copy ${++count}`);
    await mkdir(copy);
    trees.clear();
    destination = createDestination(mirrorFolderDestination, { root });
    await publish(first);
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
    await mkdir(root);
  });

  function entriesOf(tree: Tree): Entry[] {
    const entries = Object.entries(tree).map(
      ([name, content]): Entry => ({
        path: parseSitePath(`/${name}`),
        digest: digestOf(content),
        size: content.length,
        mediaType: "text/html",
        mtimeSeconds: content.length > 3 ? 1_600_000_000 : 1_600_000_002,
      }),
    );
    return entries.sort((one, other) => comparePaths(one.path, other.path));
  }

  /** A whole generation with its catalogue, as the engine delivers one. */
  async function publish(tree: Tree): Promise<void> {
    const context = createContext();
    const blobs = await fileBlobStore(path.join(folder, "blobs"));
    const delivery = await destination.open({ module: libraryModule, deliveryId: "d", token: 1 }, context);
    const { next, kept } = (await delivery.generations?.(context)) ?? { next: 0, kept: [] };
    const stream = async function* (from: Tree) {
      yield* entriesOf(from);
    };
    const made = await makeCatalogue(
      {
        number: next,
        madeAt: new Date(1_700_000_000_000 + next * 2000),
        selection: "all",
        composition: next,
        siteName: "Courses",
        publicUrl: "https://ocw.example.edu",
        version: "1",
        aboutPage: Buffer.from("About"),
        entries: () => stream(tree),
        kept: kept.map((number) => ({
          number,
          before: () => stream(trees.get(number) ?? {}),
          after: () => stream(tree),
        })),
      },
      { blobs },
      context,
    );
    const puts = [
      ...entriesOf(tree).map((entry) => ({
        entry,
        open: () => streamOf(Buffer.from(tree[entry.path.slice(1)] ?? "")),
      })),
      ...made.map((entry) => ({ entry, open: () => blobs.open(entry.digest) })),
    ];
    const before = entriesOf(trees.get(next - 1) ?? {}).map((entry) => entry.path);
    const removals = before.filter((each) => !(each.slice(1) in tree));
    const each = async function* () {
      yield* puts;
    };
    expect((await Array.fromAsync(delivery.stage(each(), context))).length).toBe(puts.length);
    await delivery.commit({ puts: [], removals }, context);
    await delivery.commit({ puts: puts.map((put) => put.entry), removals: [] }, context);
    await delivery.conclude(context);
    await delivery.close();
    trees.set(next, tree);
  }

  /** Pulls, and gives the files that travelled by rsync's own count. */
  async function pull(options: readonly string[] = ["-a", "--delete"], from = "all/"): Promise<string[]> {
    const args = [...options, "--stats", "--out-format=%o %n", `${daemon?.url}/${from}`, `${copy}/`];
    const { stdout } = await run("rsync", args);
    const counted = Number(/Number of regular files transferred: ([\d,]+)/.exec(stdout)?.[1]);
    const received = [...stdout.matchAll(/^recv (.*[^/\n])$/gm)].map(([, name]) => name ?? "");
    expect(received.length).toBe(counted);
    return received.sort();
  }

  /** That the copy is whole and of one generation: by its own checksums, and by its files. */
  async function expectWhole(generation: number): Promise<void> {
    const facts = JSON.parse(await readFile(path.join(copy, "about-this-copy/generation.json"), "utf8"));
    expect(facts.generation).toBe(generation);
    const sums = spawnSync("sha256sum", ["-c", "--quiet", "--strict", "SHA256SUMS"], { cwd: copy });
    expect([sums.status, String(sums.stdout)]).toEqual([0, ""]);
    const names = await readdir(copy, { recursive: true, withFileTypes: true });
    const files = names.filter((each) => each.isFile()).map((each) => path.join(each.parentPath, each.name));
    const listed = (await readFile(path.join(copy, "SHA256SUMS"), "utf8")).trimEnd().split("\n");
    expect(files.map((file) => path.relative(copy, file)).sort()).toEqual(
      [...listed.map((line) => line.slice(66)), "SHA256SUMS"].sort(),
    );
  }

  it("sends nothing when nothing changed, and after a change that page and a stated list", async () => {
    await pull();
    await expectWhole(1);
    expect(await pull()).toEqual([]);
    await publish(second);
    const changed = ["b/page with a space.htm", "new/page.htm"];
    expect(await pull()).toEqual([...catalogue, ...changed].sort());
    await expectWhole(2);
    expect(await pull()).toEqual([]);
  });

  it("sends nothing again onto a drive that keeps times as FAT does", async () => {
    const onFat = ["-rt", "--delete", "--modify-window=2"];
    await pull(onFat);
    const names = await readdir(copy, { recursive: true, withFileTypes: true });
    for (const each of names.filter((name) => name.isFile())) {
      const file = path.join(each.parentPath, each.name);
      const { mtimeMs } = await stat(file);
      await utimes(file, mtimeMs / 1000 - 1, mtimeMs / 1000 - 1);
    }
    expect(await pull(onFat)).toEqual([]);
    await publish(second);
    const received = await pull(onFat);
    expect(received).toEqual([...catalogue, "b/page with a space.htm", "new/page.htm"].sort());
    await expectWhole(2);
  });

  it("gives a consumer from before a flip the whole old generation, one after it the new one", async () => {
    const slow = spawn("rsync", ["-a", "--bwlimit=2000", `${daemon?.url}/all/`, `${copy}/`]);
    const ended = once(slow, "close");
    await mkdir(path.join(copy, "a"));
    for await (const { filename } of watch(path.join(copy, "a"))) if (filename?.startsWith(".video")) break;
    await publish(third);
    expect(await ended).toEqual([0, null]);
    await expectWhole(1);
    await pull();
    await expectWhole(2);
  });

  it("lets a pull that was cut go on with the same generation, as long as it is kept", async () => {
    const cut = ["-a", "--partial", "--bwlimit=2000", `${daemon?.url}/all-generations/1/`, `${copy}/`];
    await mkdir(path.join(copy, "a"));
    const slow = spawn("rsync", cut);
    for await (const { filename } of watch(path.join(copy, "a"))) if (filename?.startsWith(".video")) break;
    slow.kill();
    await once(slow, "close");
    await publish(third);
    await pull(["-a", "--partial", "--delete"], "all-generations/1/");
    await expectWhole(1);
    const { stdout } = await run("rsync", ["--list-only", `${daemon?.url}/all-generations/`]);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split(" ").at(-1)),
    ).toEqual([".", "1", "2"]);
  });

  it("brings a copy up to date by the lists alone, which no walk over the mirror precedes", async () => {
    await pull();
    await publish(third);
    const updates = "about-this-copy/updates";
    await run("rsync", ["-a", "--delete", `${daemon?.url}/all/${updates}/`, path.join(copy, updates)]);
    const lists = ["files", "delete"].map((what) => readFile(path.join(copy, updates, `from-1.${what}`)));
    const list = path.join(folder, "list");
    await writeFile(list, Buffer.concat(await Promise.all(lists)));
    const received = await pull(["-a", `--files-from=${list}`, "--delete-missing-args"]);
    expect(received).not.toContain("c/#same.htm");
    expect(received).toContain("new/page.htm");
    await expectWhole(2);
    expect(await pull()).toEqual([]);
  });

  it("takes over a legacy copy whose times are others, and sends none of its unchanged media", async () => {
    await cp(path.join(root, "current/a"), path.join(copy, "a"), { recursive: true });
    await writeFile(path.join(copy, "left.htm"), "of the legacy mirror");
    expect(await pull(["-rt", "--size-only", "--existing", "--min-size=1M"])).toEqual([]);
    const received = await pull();
    expect(received).toContain("b/old.htm");
    expect(received).not.toContain("a/video.mp4");
    await expectWhole(1);
  });

  it("serves one selection to a key over SSH, the legacy way", async () => {
    const command = /^restrict,command="(.*)" ssh-ed25519/m.exec(keyLines)?.[1]?.replaceAll('\\"', '"');
    const script = path.join(folder, "ssh");
    await writeFile(script, `#!/bin/sh\nshift\nSSH_ORIGINAL_COMMAND="$*" exec ${command}\n`, { mode: 0o755 });
    await run("rsync", ["-a", "-e", script, "host:", `${copy}/`]);
    await expectWhole(1);
    const write = run("rsync", ["-a", "-e", script, `${copy}/`, "host:"]);
    await expect(write).rejects.toThrow(/sending to read-only server is not allowed/);
  });
});
