import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readLibraryFiles } from "../../../../adapters/library/read-library-files.ts";
import { digestOf } from "../../../../engine/model/digest.ts";
import { findProgram } from "../../../world/hosts/find-program.ts";

const content = {
  "index.htm": "front door",
  "courses/a b/ü (1).htm": "page",
  "courses/-odd 'name'.txt": "text",
  "courses/a: FAILED": "colon",
};
const shells = ["dash", "bash", "busybox"].filter((name) => findProgram(name) !== undefined);

describe.each(shells)("verify.sh in %s", (shell) => {
  let root: string;
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), "a copy "));
    mkdirSync(join(root, "courses/a b"), { recursive: true });
    const files = { ...content, "verify.sh": (await readLibraryFiles()).get("/verify.sh") ?? "" };
    for (const [path, bytes] of Object.entries(files)) writeFileSync(join(root, path), bytes);
    const sums = Object.entries(files).map(([path, bytes]) => `${digestOf(bytes)}  ${path}\n`);
    writeFileSync(join(root, "SHA256SUMS"), sums.join(""));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function verify(environment = process.env): { code: number | null; lines: string[] } {
    const program = findProgram(shell) ?? shell;
    const args = [...(shell === "busybox" ? ["sh"] : []), join(root, "verify.sh")];
    const { status, stdout } = spawnSync(program, args, { cwd: "/", encoding: "utf8", env: environment });
    return { code: status, lines: stdout.trimEnd().split("\n") };
  }

  it("finds a whole copy whole, and counts what is not listed", () => {
    expect(verify()).toEqual({
      code: 0,
      lines: ["5 files listed, 0 damaged, 0 missing, 0 not listed.", "This copy is whole."],
    });
    writeFileSync(join(root, "courses/more.txt"), "");
    writeFileSync(join(root, "SHA256SUMS.sig"), "");
    expect(verify().lines[0]).toBe("5 files listed, 0 damaged, 0 missing, 1 not listed.");
  });

  it("names what is damaged, cut and missing", () => {
    writeFileSync(join(root, "courses/a: FAILED"), "COLON");
    truncateSync(join(root, "courses/a b/ü (1).htm"), 2);
    rmSync(join(root, "index.htm"));
    const { code, lines } = verify();
    expect(code).toBe(1);
    expect(lines.toSorted()).toEqual([
      "5 files listed, 2 damaged, 1 missing, 0 not listed.",
      "This copy is NOT whole.",
      "damaged: courses/a b/ü (1).htm",
      "damaged: courses/a: FAILED",
      "missing: index.htm",
    ]);
  });

  it("does not take a cut or an empty list for a whole copy", () => {
    truncateSync(join(root, "SHA256SUMS"), 100);
    expect(verify().code).toBe(1);
    truncateSync(join(root, "SHA256SUMS"), 0);
    expect(verify().code).toBe(1);
    rmSync(join(root, "SHA256SUMS"));
    expect(verify().code).toBe(2);
  });

  // Busybox has sha256sum within.
  it.skipIf(shell === "busybox")("needs no more than openssl, and says so if there is nothing", () => {
    const PATH = join(root, ".tools");
    mkdirSync(PATH);
    const provide = (name: string): void => symlinkSync(findProgram(name) ?? "", join(PATH, name));
    for (const name of "awk sed sort uniq find dirname tail".split(" ")) provide(name);
    expect(verify({ PATH }).code).toBe(2);
    provide("openssl");
    expect(verify({ PATH }).lines.at(-1)).toBe("This copy is whole.");
    writeFileSync(join(root, "index.htm"), "other");
    expect(verify({ PATH }).lines[0]).toBe("damaged: index.htm");
  });
});
