import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findFunctions } from "./functions.ts";
import { maskSource } from "./mask-source.ts";
import { countLines, readSourceFiles, root, sourceFolders } from "./source-files.ts";
import { findUndocumented, findUntidiness, medianOf } from "./tidy.ts";

const sources = readSourceFiles(sourceFolders);
const isNotBlank = (line: string): boolean => line.trim() !== "";
const lineCounts = sources.map(({ text }) => countLines(text));

describe("the source", () => {
  it("is tidy, file by file", () => {
    const all = [...sources, ...readSourceFiles(["test"])];
    expect(all.flatMap(findUntidiness)).toEqual([]);
  });

  it("documents every exported name of the ports", () => {
    const ports = sources.filter(({ path }) => path.startsWith("engine/ports/"));
    expect(ports.flatMap(findUndocumented)).toEqual([]);
  });

  it("is made of small files: a median of at most 120 lines", () => {
    expect(sources.length).toBeGreaterThan(0);
    expect(medianOf(lineCounts)).toBeLessThanOrEqual(120);
  });

  it("has at most 26,000 lines of TypeScript, comments and blank lines not counted", () => {
    const codeLines = sources.map(({ text }) => maskSource(text).code.split("\n").filter(isNotBlank).length);
    expect(codeLines.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(26_000);
  });

  it("has only the top-level folders of the design", () => {
    const allowed = [...sourceFolders, "ops", "test", "node_modules", "dist"];
    const folders = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => name);
    expect(folders.filter((name) => !allowed.some((known) => known === name))).toEqual([]);
  });

  it("stands on at most 25 run-time packages", () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(Object.keys(dependencies).length).toBeLessThanOrEqual(25);
  });
});

describe("the check of tidiness", () => {
  const judge = (text: string, path = "engine/run/sample.ts") => findUntidiness({ path, text });

  it.each([
    ["the type any", "let x: any;"],
    ["as unknown as", "const x = y as unknown as Z;"],
    ["a class", "export class Thing {}"],
    ["console", "console.log(1);"],
    ["export default", "export default 1;"],
    ["an empty catch", "try {\n  f();\n} catch {\n  // never mind\n}"],
    ["an empty catch", "await f().catch(() => {});"],
    ["an empty catch", "await f().catch(() => undefined);"],
    ["open an issue", `// ${"TO"}DO: later`],
    ["characters", `const x = "${"x".repeat(110)}";`],
    ["301 lines", "x;\n".repeat(301)],
    ["function of 71 lines", `function f() {\n${"  x;\n".repeat(69)}}`],
  ])("refuses, saying %s", (advice, text) => {
    expect(judge(text)).toEqual([expect.stringContaining(advice)]);
  });

  it.each(["engine/utils/x.ts", "engine/run/file-helper.ts", "engine/run/types.ts", "engine/run/myFile.ts"])(
    "refuses the name %s",
    (path) => {
      expect(judge("", path)).toHaveLength(1);
    },
  );

  it.each([
    ["words in strings", 'const text = "any class console.log export default";'],
    ["words in regular expressions", "const rule = /any console.[\"'`/]/; const many = Promise.any([]);"],
    ["words in comments", "// a class of any kind, as unknown as it may be"],
    ["words in templates", `const page = \`<p class \${f(\`\${x}\`)} any\`;`],
    ["the one class", "export class PublishError extends Error {}"],
    ["a catch that translates", "try {\n  f();\n} catch (error) {\n  throw translate(error);\n}"],
    ["a long link", `// see\n// https://example.org/${"x".repeat(120)}`],
    ["a long group of tests", `describe("all", () => {\n${"  x;\n".repeat(90)}});`],
  ])("allows %s", (_name, text) => {
    expect(judge(text)).toEqual([]);
  });

  it.each([
    ["export async function* f<T>(\n  a: T,\n): AsyncIterable<{ a: T }> {\n  x;\n}", 3],
    ["const o = {\n  async m({ a }: B): Promise<void> {\n    x;\n  },\n};", 3],
    ["const f = (a: A): B => {\n  x;\n};", 3],
    ["f(a, (b) => {\n  if (b) {\n    x;\n  }\n  const s = '}';\n});", 6],
  ])("measures the function in %j", (text, lines) => {
    expect(findFunctions(text).map((found) => found.lines)).toEqual([lines]);
  });

  it("takes no other block for a function", () => {
    const text = "const o = f({\n  a,\n});\nif (f(\n  x\n)) {\n  y;\n}\nfor (const a of b) {\n  z;\n}\n";
    expect(findFunctions(text)).toEqual([]);
  });

  it("asks for a doc comment on every exported name", () => {
    const text = "/** Good. */\nexport type A = 1;\n\nexport const b = 2;\nexport async function c() {}\n";
    expect(findUndocumented({ path: "p.ts", text })).toEqual([
      expect.stringContaining("exports b "),
      expect.stringContaining("exports c "),
    ]);
  });

  it("masks every file of the project without losing a line", () => {
    for (const { path, text } of readSourceFiles([...sourceFolders, "test"])) {
      const { code, comments } = maskSource(text);
      expect([path, code.length, comments.length]).toEqual([path, text.length, text.length]);
      expect(countLines(code)).toBe(countLines(text));
    }
  });

  it("finds the middle", () => {
    expect([medianOf([]), medianOf([3]), medianOf([4, 1, 3]), medianOf([4, 1])]).toEqual([0, 3, 3, 2.5]);
  });
});
