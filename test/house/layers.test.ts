import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findCycle, readImports } from "./imports.ts";
import { findLayerFaults } from "./layers.ts";
import { readSourceFiles, root, sourceFolders } from "./source-files.ts";

const files = readSourceFiles([...sourceFolders, "test"]).map(readImports);

/** The faults of one file at `path` that imports one thing. */
function judge(path: string, specifier: string): string[] {
  return findLayerFaults([readImports({ path, text: `import type { X } from "${specifier}";\n` })]);
}

describe("the layers", () => {
  it("are imported leftwards only", () => {
    expect(files.length).toBeGreaterThan(0);
    expect(findLayerFaults(files)).toEqual([]);
  });

  it("hold no import cycle, type-only imports included", () => {
    expect(findCycle(files)).toBeUndefined();
  });

  it("use development packages in no file that is delivered", () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const delivered = files.filter(({ path }) => !/^(?:test|scripts\/(?:lib|checks))\//.test(path));
    const faults = delivered.flatMap(({ path, modules }) =>
      modules
        .filter((name) => name in devDependencies)
        .map((name) => `${path} imports ${name}: move it to "dependencies" or do without`),
    );
    expect(faults).toEqual([]);
  });
});

describe("the check of the layers", () => {
  it.each([
    ["engine/model/entry.ts", "../ports/store.ts", "move the shared part leftwards"],
    ["engine/crawl/crawl.ts", "../render/render.ts", "move the shared part leftwards"],
    ["engine/markup/scan.ts", "../model/entry.ts", "engine/markup may import errors"],
    ["engine/chaos/x.ts", "../errors/publish-error.ts", "engine/chaos is no layer"],
    ["engine/run/run.ts", "../../adapters/registry.ts", "take it through a port"],
    ["engine/crawl/crawl.ts", "node:fs/promises", "take bytes through a port"],
    ["engine/store/blob-store.ts", "node:https", "opens no connection"],
    ["engine/deliver/deliver.ts", "ssh2", "uses no package but"],
    ["adapters/sources/plone/source.ts", "../olx/source.ts", "adapters never import each other"],
    ["adapters/status/server.ts", "../sources/plone/source.ts", "adapters never import each other"],
    ["adapters/status/server.ts", "../../engine/run/run.ts", "let the port hand in the rest"],
    ["adapters/status/server.ts", "../../config/schema.ts", "take it as an option"],
    ["config/schema.ts", "../adapters/registry.ts", "let scripts hand in the rest"],
    ["scripts/ocw-engine.ts", "../test/world/world.ts", "move what it needs out of test/"],
  ])("refuses %s importing %s", (path, specifier, advice) => {
    expect(judge(path, specifier)).toEqual([expect.stringContaining(advice)]);
  });

  it.each([
    ["engine/plan/plan.ts", "../crawl/crawl.ts"],
    ["engine/store/blob-store.ts", "node:fs"],
    ["engine/markup/scan.ts", "../errors/publish-error.ts"],
    ["engine/render/style.ts", "css-tree"],
    ["adapters/sources/plone/source.ts", "./login/form.ts"],
    ["adapters/sources/plone/source.ts", "../../shared/fetch.ts"],
    ["adapters/sources/plone/source.ts", "../../../engine/markup/scan.ts"],
    ["adapters/registry.ts", "./sources/plone/source.ts"],
    ["config/schema.ts", "../engine/ports/source.ts"],
    ["scripts/ocw-engine.ts", "../config/schema.ts"],
    ["scripts/lib/demo/demo.ts", "../../../test/world/world.ts"],
  ])("allows %s importing %s", (path, specifier) => {
    expect(judge(path, specifier)).toEqual([]);
  });

  it("sees every form of import and no text that looks like one", () => {
    const text = [
      'import { a } from "./a.ts";',
      'import type {\n  B,\n} from "./b.ts";',
      'import "./c.ts";',
      'export * from "./d.ts";',
      'const e = await import("./e.ts");',
      'type F = import("./f.ts").F;',
      'import { g } from "@scope/g/deep";',
      '// import { no } from "./no.ts";',
      `const sample = \`import { no } from "./no.ts"; \${e.x(\`}\`)}\`;`,
    ].join("\n");
    expect(readImports({ path: "engine/run/x.ts", text })).toEqual({
      path: "engine/run/x.ts",
      files: ["a", "b", "c", "d", "e", "f"].map((name) => `engine/run/${name}.ts`),
      modules: ["@scope/g"],
    });
  });

  it("finds a cycle of type-only imports", () => {
    const cycle = [
      { path: "a.ts", text: 'import type { B } from "./b.ts";' },
      { path: "b.ts", text: 'import type { C } from "./c.ts";' },
      { path: "c.ts", text: 'import type { B } from "./b.ts";' },
    ].map(readImports);
    expect(findCycle(cycle)).toEqual(["b.ts", "c.ts", "b.ts"]);
  });
});
