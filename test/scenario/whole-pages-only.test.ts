import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { resource } = demoPaths;
const page = `${resource}/sheets`;
const linesPerPage = 20_000;
const publishes = 6;
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ content: contentOf(resource) });
  writeVersion(0);
  await stage.done("publish", resource);
});
afterAll(() => stage.strike());

it("promise 3: whoever reads a page during many publishes gets one whole version at a time", async () => {
  const { staging } = stage.world;
  const file = join(staging.root, page, "index.htm");
  const versions = new Set<string>();
  let isPublishing = true;
  const readAll = async (read: () => Promise<string>) => {
    while (isPublishing) versions.add(versionOf(await read()));
  };
  const readers = Promise.all([
    readAll(async () => {
      const answer = await fetch(`${staging.web.url}${page}/`);
      return answer.ok ? await answer.text() : `status ${answer.status}`;
    }),
    readAll(() => readFile(file, "utf8")),
  ]);
  for (let version = 1; version <= publishes; version++) {
    writeVersion(version);
    await stage.done("publish", resource);
  }
  isPublishing = false;
  await readers;
  versions.add(versionOf(await readFile(file, "utf8")));
  expect([...versions].sort()).toEqual(Array.from({ length: publishes + 1 }, (_, n) => `version ${n}`));
});

function writeVersion(version: number): void {
  stage.world.cms.edit(page, () => `<p>version ${version}</p>\n`.repeat(linesPerPage));
}

/** The one version that a page consists of, or what is wrong with the page. */
function versionOf(html: string): string {
  const lines = html.match(/<p>version \d+<\/p>/g) ?? [];
  const kinds = new Set(lines);
  if (kinds.size !== 1 || lines.length !== linesPerPage || !html.trimEnd().endsWith("</html>"))
    return `${lines.length} lines of ${[...kinds].join(" and ")} in ${html.length} characters`;
  return [...kinds].join("").replaceAll(/<\/?p>/g, "");
}
