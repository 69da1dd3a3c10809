import { execFileSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { exitCodeOf } from "../../engine/errors/exit-code.ts";
import { errorCodes } from "../../engine/errors/publish-error.ts";
import { findProgram } from "../world/hosts/find-program.ts";
import { promises } from "./promises.ts";
import { root } from "./source-files.ts";

type Document = { readonly path: string; readonly text: string };

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const documents: readonly Document[] = globSync(["*.md", "engine/README.md", "ops/**/*.md"], { cwd: root })
  .sort()
  .map((path) => ({ path, text: read(path) }));
const readme = read("README.md");

/** What stands in code, one entry per span or block, and the rest. */
function splitCode(text: string): { code: readonly string[]; prose: string } {
  const pattern = /^```.*\n[\s\S]*?^```$|`[^`\n]+`/gm;
  return { code: text.match(pattern) ?? [], prose: text.replace(pattern, "code") };
}

/** The anchors of a document's headings, as code hosts make them. */
function anchorsOf(text: string): string[] {
  const headings = text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Every relative link of a document that leads nowhere, each with its reason. */
function findDeadLinks({ path, text }: Document): string[] {
  const targets = [...splitCode(text).prose.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = ""]) => target);
  return targets
    .filter((target) => !/^(?:https?|mailto):/.test(target))
    .flatMap((target) => {
      const [file = "", anchor] = target.split("#");
      const found = file === "" ? path : normalize(join(dirname(path), file));
      if (found.startsWith("..") || !existsSync(join(root, found))) return [`${path}: no file ${target}`];
      if (anchor === undefined || anchorsOf(read(found)).includes(anchor)) return [];
      return [`${path}: no heading ${target}`];
    });
}

/** The text of a section, without its heading. */
function sectionOf(text: string, heading: string): string {
  return text.split(/^#+ /m).find((section) => section.startsWith(`${heading}\n`)) ?? "";
}

function tableOf(text: string): string[][] {
  const rows = text.split("\n").filter((line) => line.startsWith("| `"));
  return rows.map((row) => row.split("|").map((cell) => cell.trim()));
}

// The CLI's own words for its commands: "publish [modules..]", and "create <name>" below "token".
const cli = read("scripts/lib/run-cli.ts");
const commands = [...cli.matchAll(/\.command\(\s*"([a-z]+)/g)].map(([, name]) => name);

describe("the documents", () => {
  it("have no relative link that leads nowhere", () => {
    expect(documents.length).toBeGreaterThan(20);
    expect(documents.flatMap(findDeadLinks)).toEqual([]);
  });

  it("name only commands of the CLI, wherever they show one", () => {
    const shown = documents.flatMap(({ path, text }) =>
      splitCode(text).code.flatMap((code) =>
        [...code.matchAll(/(?<![\w/.-])ocw-engine(?:-once)? ([a-z]+)/g)].map(([, name]) => ({ path, name })),
      ),
    );
    expect(shown.length).toBeGreaterThan(10);
    expect(shown.filter(({ name }) => !commands.includes(name))).toEqual([]);
  });

  it("name no path of anybody's machine and no ticket", () => {
    const ops = globSync("ops/**/*.{conf,service,example,svg}", { cwd: root });
    const all = [...documents, ...ops.map((path) => ({ path, text: read(path) }))];
    const workplace = /(?<![\w.~-])\/(?:home|Users|work|root)\/|\bissue #?\d|\.\.\/shared\b/i;
    expect(all.filter(({ text }) => workplace.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it("say in words what each picture shows", () => {
    const pictures = documents.flatMap(({ text }) => [...text.matchAll(/!\[([^\]]*)\]/g)]);
    expect(pictures.length).toBeGreaterThan(0);
    for (const [, words = ""] of pictures) expect(words.length).toBeGreaterThan(40);
  });
});

describe("the README", () => {
  it("has a row for every command, and none that does not exist", () => {
    const rows = tableOf(sectionOf(readme, "Commands"));
    const named = rows.flatMap(
      ([, cell = ""]) => cell.match(/(?<=`)[a-z]+(?: (?:check|config|schema|create|crawl|update))?/) ?? [],
    );
    expect(named.join(" ").split(" ").sort()).toEqual(
      // These head two rows.
      [...commands, "config", "mirror"].sort(),
    );
    const options = rows.flatMap(([, cell = ""]) => cell.match(/(?<=--)[a-z]+/g) ?? []);
    expect(options.filter((option) => !cli.includes(`.option("${option}"`))).toEqual([]);
  });

  it("names only files and folders that exist, where it says where everything is", () => {
    const section = sectionOf(readme, "Where everything is");
    const paths = [...section.matchAll(/`([^`]+)`/g)].map(([, path = ""]) => path);
    expect(paths.length).toBeGreaterThan(15);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it("has every promise, in order", () => {
    const numbered = sectionOf(readme, "Promises").match(/^\d+\. /gm) ?? [];
    expect(numbered).toEqual(promises.map((_, index) => `${index + 1}. `));
  });

  it("has a place for what the two commands say", () => {
    for (const name of ["demo", "test"])
      expect(readme).toMatch(new RegExp(`<!-- ${name}:begin -->\\n[\\s\\S]+\\n<!-- ${name}:end -->`));
  });
});

describe("the tables of errors", () => {
  it.each(["README.md", "ops/runbooks/run-failed.md"])("in %s have every code with its exit code", (path) => {
    const rows = tableOf(read(path)).filter(([, , exit = ""]) => /^\d+$/.test(exit));
    const listed = rows.map(([, code = "", exit = ""]) => `${code.replaceAll("`", "")} ${exit}`);
    expect(listed.sort()).toEqual(errorCodes.map((code) => `${code} ${exitCodeOf(code)}`).sort());
  });
});

describe("the files to deploy with", () => {
  it("load every credential that the configuration of production names", () => {
    const wanted = read("config/production.example.yaml").match(
      /(?<=credential:|ocw-engine\.service\/)[\w-]+/g,
    );
    const loaded = read("ops/systemd/ocw-engine.service").match(/(?<=LoadCredential=)[\w-]+/g);
    expect([...new Set(loaded)].sort()).toEqual(
      [...new Set(wanted?.filter((name) => name !== "NAME"))].sort(),
    );
  });

  it("are configurations that nginx takes", ({ skip }) => {
    const nginx = findProgram("nginx") ?? skip("nginx is not installed");
    const folder = mkdtempSync(join(tmpdir(), "ocw-documents-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const servers = ["origin", "staging", "mirror"].map((name) =>
      read(`ops/nginx/${name}.conf`)
        .replace(/^ *listen \[::\].*$/m, "")
        .replace("listen 80;", `listen unix:${folder}/${name};`),
    );
    expect(servers.join("")).toContain(`unix:${folder}/mirror`);
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    );
    const file = join(folder, "nginx.conf");
    const http = ["access_log off;", ...temporary, ...servers].join("\n");
    writeFileSync(file, `pid ${folder}/pid;\nevents {}\nhttp {\n${http}\n}\n`);
    execFileSync(nginx, ["-t", "-q", "-e", join(folder, "log"), "-c", file], { stdio: "pipe" });
  });
});
