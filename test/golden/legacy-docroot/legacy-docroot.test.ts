import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Stage, setStage } from "../../scenario/stage.ts";
import { demoContent } from "../../world/content/demo-content.ts";
import { demoPaths } from "../../world/content/demo-names.ts";
import { readTree, type Standing } from "../../world/read-tree.ts";

const folder = fileURLToPath(new URL("./", import.meta.url));
// OCW_RENEW_GOLDEN=1 npx vitest run test/golden/legacy-docroot: writes docroot.txt and the pairs of pages,
// but never what people wrote: paths.txt and the edits.
const isRenewing = process.env.OCW_RENEW_GOLDEN === "1";

let stage: Stage;
let staging: Map<string, Standing>;
let production: Map<string, Standing>;
let netstorage: Map<string, Standing>;

beforeAll(async () => {
  stage = await setStage();
  for (const kind of ["publish", "promote"])
    for (const { path } of demoContent().modules) await stage.done(kind, path);
  const { world } = stage;
  staging = await readTree(world.staging.root);
  production = await readTree(world.production.root);
  // NetStorage has no place for what waits but beside what is published.
  const isPublished = ([path]: [string, Standing]) => !path.startsWith("/15436/.ocw-engine");
  netstorage = new Map([...(await readTree(world.netstorage.root))].filter(isPublished));
});
afterAll(() => stage.strike());

/** Compares text with a golden file, or renews the file. */
function expectGolden(name: string, text: string): void {
  if (isRenewing) writeFileSync(folder + name, text, "latin1");
  expect(text).toBe(readFileSync(folder + name, "latin1"));
}

/** One line per path: who holds it, rights, size, digest, path. */
function listDocroot(): string[] {
  const line = (where: string, path: string, { kind, mode, size, digest }: Standing) =>
    kind === "directory"
      ? `${where} ${mode} - - ${path}/`
      : `${where} ${mode} ${String(size).padStart(6)} ${digest} ${path}`;
  const list = (where: string, tree: ReadonlyMap<string, Standing>) =>
    new Set([...tree].map(([path, here]) => line(where, path, here)));
  const both = list("both", staging).intersection(list("both", production));
  const alone = (where: string, tree: ReadonlyMap<string, Standing>) =>
    [...tree]
      .filter(([path, here]) => !both.has(line("both", path, here)))
      .map(([path, here]) => line(where, path, here));
  const lines = [
    ...both,
    ...alone("staging", staging),
    ...alone("production", production),
    // NetStorage lets nobody set rights, so there are none to fix.
    ...[...netstorage].map(([path, here]) => line("netstorage", path, { ...here, mode: "-" })),
  ];
  const pathOf = (text: string) => text.replace(/^\S+ +\S+ +\S+ +\S+ /, "");
  return lines.sort((a, b) => Buffer.compare(Buffer.from(pathOf(a)), Buffer.from(pathOf(b))));
}

describe("the document roots after the demo's content was published", () => {
  it("hold the paths that were written down by hand, and no other", () => {
    const expected = readFileSync(`${folder}paths.txt`, "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    const found = listDocroot()
      .filter((line) => !line.endsWith("/"))
      .map((line) => line.replace(/^(\S+) +\S+ +\S+ +\S+ /, "$1 "));
    expect(found.sort()).toEqual(expected.sort());
  });

  it("hold them with the rights, sizes and bytes of the golden list", () => {
    expectGolden("docroot.txt", `${listDocroot().join("\n")}\n`);
  });

  it("have no folder but those of their files", () => {
    for (const tree of [staging, production, netstorage]) {
      const files = [...tree].filter(([, { kind }]) => kind === "file").map(([path]) => path);
      const folders = [...tree].filter(([, { kind }]) => kind === "directory").map(([path]) => path);
      const empty = folders.filter((path) => !files.some((file) => file.startsWith(`${path}/`)));
      expect(empty.filter((path) => path !== "/15436")).toEqual([]);
    }
  });

  it("date every file by whole even seconds, the same at both", () => {
    for (const [path, { kind, mtimeMs }] of [...staging, ...production]) {
      if (kind !== "file") continue;
      expect(mtimeMs % 2000, path).toBe(0);
      expect([mtimeMs, undefined], path).toContain(production.get(path)?.mtimeMs);
    }
  });
});

// Each holds what is hard to get right; <name>.edits.txt lists by hand every URL that must change in it.
const pages: Readonly<Record<string, string>> = {
  "uids-and-leaked-hosts": `${demoPaths.tides}/lecture-notes`,
  "deep-page": `${demoPaths.tides}/video-lectures/lecture-1-the-moon-pulls`,
  "dot-in-its-name": `${demoPaths.fluids}/worked-examples/31.6-worked-example`,
  "space-in-its-name": `${demoPaths.fluids}/field trip`,
};
const cmsOrigin = "http://cms.example.edu:8080";

/** The page as the CMS shows it to its reader, with the CMS's own address made the same in every run. */
async function fetchFromCms(path: string): Promise<string> {
  const { OCW_CMS_URL: url = "", OCW_CMS_USER: user, OCW_CMS_PASSWORD: password } = stage.world.environment();
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const answer = await fetch(url + encodeURI(path), { headers: { authorization }, redirect: "error" });
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer())
    .toString("latin1")
    .replaceAll(url, cmsOrigin);
}

/** The hand-written edits of a page, in their order. */
function readEdits(name: string): { before: string; after: string }[] {
  return readFileSync(`${folder}pages/${name}.edits.txt`, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [before = "", after, ...more] = line.replaceAll("{cms}", cmsOrigin).split(" → ");
      if (after === undefined || more.length > 0) throw new Error(`${name}: no edit: ${line}`);
      return { before, after: after === "nothing" ? "" : after };
    });
}

// The tag that closes it for old browsers belongs to it.
const baseTag = /^<base href="[^"<>]*" \/><!--\[if lt IE 7\]><\/base><!\[endif\]-->$/;

/** True for a whole URL of an attribute or style, or the whole tag that gives the base. */
function isUrlEdit(text: string, start: number, before: string, after: string): boolean {
  if (after === "") return baseTag.test(before);
  const around = text.charAt(start - 1) + text.charAt(start + before.length);
  return ['""', "''", "()"].includes(around);
}

describe.each(Object.entries(pages))("the page %s", (name, path) => {
  it("is of the CMS's bytes, and published as the golden pair has it", async () => {
    expectGolden(`pages/${name}.cms.html`, await fetchFromCms(path));
    expectGolden(
      `pages/${name}.published.html`,
      readFileSync(`${stage.world.production.root}${path}/index.htm`, "latin1"),
    );
  });

  it("differs from the CMS's by the edits that were written down by hand, and by no byte more", () => {
    const shown = readFileSync(`${folder}pages/${name}.cms.html`, "latin1");
    let edited = "";
    let at = 0;
    for (const { before, after } of readEdits(name)) {
      const start = shown.indexOf(before, at);
      expect(start, `${before} in ${name}`).toBeGreaterThanOrEqual(0);
      expect(isUrlEdit(shown, start, before, after), `${before} is a whole URL`).toBe(true);
      edited += shown.slice(at, start) + after;
      at = start + before.length;
    }
    edited += shown.slice(at);
    expect(readFileSync(`${folder}pages/${name}.published.html`, "latin1")).toBe(edited);
    expect(edited).not.toMatch(/cms\.example|ocwcms|resolveuid|<base/i);
  });
});
