import type { Imports } from "./imports.ts";

// Leftmost first. A layer imports itself and the levels before its own, never a sibling of its level.
const levels: readonly (readonly string[])[] = [
  ["errors"],
  ["model"],
  ["ports"],
  ["markup", "store", "egress", "retry"],
  ["crawl", "render"],
  ["library", "drive", "package"],
  ["plan"],
  ["deliver", "verify", "purge", "notify"],
  ["run"],
  ["schedule"],
  ["service"],
];
const outerMayUse = ["errors", "model", "ports"];
const adapterKinds = ["sources", "destinations", "purgers", "triggers", "store", "drives"];
const enginePackages = ["htmlparser2", "css-tree", "cheerio", "p-queue", "zod"];
const networkModules = ["net", "http", "https", "http2", "tls", "dgram"].map((name) => `node:${name}`);
const mayImportTests = ["test/", "scripts/checks/", "scripts/lib/demo/", "scripts/lib/bench/"];

/** The layers of engine/ that a layer may import besides itself, or undefined when there is no such layer. */
function allowedLayers(layer: string): string[] | undefined {
  const level = levels.findIndex((names) => names.includes(layer));
  if (level === -1) return undefined;
  // Reading and editing HTML and CSS is pure text work, so it knows nothing of our model.
  return layer === "markup" ? ["errors"] : levels.slice(0, level).flat();
}

/** The folder an adapter may use freely: its own. */
function adapterHome(path: string): string {
  const [top, kind = "", name = ""] = path.split("/");
  const isNested = adapterKinds.includes(kind) && path.split("/").length > 3;
  return isNested ? `${top}/${kind}/${name}` : `${top}/${kind}`;
}

function judgeEngineImport(path: string, imported: string): string | undefined {
  const [top, importedLayer = ""] = imported.split("/");
  if (top !== "engine") return "the engine imports only the engine: take it through a port";
  const layer = path.split("/")[1] ?? "";
  const allowed = allowedLayers(layer);
  if (allowed === undefined) return `engine/${layer} is no layer: add it to the table or move the file`;
  if (layer === importedLayer || allowed.includes(importedLayer)) return undefined;
  const others = allowed.join(", ") || "no other layer";
  return `engine/${layer} may import ${others}: move the shared part leftwards`;
}

function judgeAdapterImport(path: string, imported: string): string | undefined {
  const [top, second = ""] = imported.split("/");
  if (top === "engine")
    return [...outerMayUse, "markup"].includes(second)
      ? undefined
      : "adapters know only engine/errors, model, ports and markup: let the port hand in the rest";
  if (top !== "adapters") return "adapters import neither config/ nor scripts/: take it as an option";
  if (path === "adapters/registry.ts" || second === "shared") return undefined;
  if (adapterHome(path) === adapterHome(imported)) return undefined;
  return "adapters never import each other: move the shared part to adapters/shared/";
}

function judgeConfigImport(_path: string, imported: string): string | undefined {
  const [top, second = ""] = imported.split("/");
  if (top === "config" || (top === "engine" && outerMayUse.includes(second))) return undefined;
  return "config imports only engine/errors, model and ports: let scripts hand in the rest";
}

const judges: Record<string, (path: string, imported: string) => string | undefined> = {
  engine: judgeEngineImport,
  adapters: judgeAdapterImport,
  config: judgeConfigImport,
};

function judgeFile(path: string, imported: string): string | undefined {
  if (imported.startsWith("test/"))
    return mayImportTests.some((prefix) => path.startsWith(prefix))
      ? undefined
      : "only tests, the demo, the bench and the checks import test/: move what it needs out of test/";
  return judges[path.split("/")[0] ?? ""]?.(path, imported);
}

function judgeModule(path: string, imported: string): string | undefined {
  if (!path.startsWith("engine/")) return undefined;
  if (networkModules.includes(imported)) return "the engine opens no connection: do it in an adapter";
  if (imported === "node:fs" && !path.startsWith("engine/store/"))
    return "of the engine only engine/store touches files: take bytes through a port";
  if (imported.startsWith("node:") || enginePackages.includes(imported)) return undefined;
  return `the engine uses no package but ${enginePackages.join(", ")}: do it in an adapter`;
}

/** Every import that crosses a layer the wrong way, each with what to do instead. */
export function findLayerFaults(files: readonly Imports[]): string[] {
  return files.flatMap(({ path, files: imported, modules }) =>
    [
      ...imported.map((target) => ({ target, fault: judgeFile(path, target) })),
      ...modules.map((target) => ({ target, fault: judgeModule(path, target) })),
    ].flatMap(({ target, fault }) => (fault === undefined ? [] : [`${path} imports ${target}: ${fault}`])),
  );
}
