import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { promises } from "../house/promises.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A block of the README between two markers, without its fence. */
async function readmeBlock(name: string): Promise<string> {
  const readme = await readFile(`${root}/README.md`, "utf8");
  const block = readme.split(`<!-- ${name}:begin -->`)[1]?.split(`<!-- ${name}:end -->`)[0];
  if (block === undefined) throw new Error(`README.md has no block between the markers of ${name}`);
  return block.replaceAll(/^```.*$/gm, "").trim();
}

/** What must be the same in every run: not the times, nor what depends on how fast the machine is. */
function withoutTimes(text: string): string[] {
  return text
    .trim()
    .split("\n")
    .map((line) =>
      line
        .replace(/^ *\d+\.\d s/, "T")
        .replaceAll(/\d+\.\d s/g, "T")
        .replaceAll(/\d+ ms/g, "T")
        .replaceAll(/\b(?:\d+ bytes)/g, "N bytes")
        .trimEnd(),
    );
}

describe("the README's transcript", () => {
  it("of scripts/demo is what scripts/demo prints, and the demo's self-check holds", async () => {
    const { stdout } = await promisify(execFile)(`${root}/scripts/demo`, { cwd: root });
    expect(withoutTimes(await readmeBlock("demo"))).toEqual(withoutTimes(`$ scripts/demo\n${stdout}`));
  });

  it("of scripts/test ends as scripts/test ends", async () => {
    const shown = await readmeBlock("test");
    for (const promise of promises) expect(shown).toContain(promise);
    expect(shown).toMatch(
      new RegExp(`\\npromises held ${promises.length}/${promises.length}\\n+\\d+ passed, 0 failed$`),
    );
  });
});
