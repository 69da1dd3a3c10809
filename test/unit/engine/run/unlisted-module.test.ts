import { beforeEach, expect, it } from "vitest";
import { parseModuleId } from "../../../../engine/model/module.ts";
import { type MirrorBench, openMirrorBench } from "./mirror-bench.ts";

let bench: MirrorBench;
beforeEach(async () => {
  bench = await openMirrorBench();
  return () => bench.close();
});

it.each([
  ["a module that nobody had listed", "/b/page", "/b", "../b/page/index.htm"],
  ["a module within a listed one", "/d/b/page", "/d/b", "../d/b/page/index.htm"],
  ["a module's home with a query", "/listed?view=1", "/listed", "../listed/index~"],
])("renders again who asked about %s", async (_, url, module, way) => {
  await bench.goLive("/d", { "/d": "<p>D" });
  const listed = { id: parseModuleId("/listed"), kind: "course", title: "L", state: "staged" } as const;
  await bench.parts.store.modules.put(listed, new Date(0));
  await bench.goLive("/a", { "/a": `<p><a href="${url}">There</a></p>` });
  await bench.mirror();
  expect(await bench.text("a/index.htm")).toContain(`href="https://ocw.example.edu${url}"`);
  const pages = [module, `${module}?view=1`, `${module}/page`];
  await bench.goLive(module, Object.fromEntries(pages.map((page) => [page, `<p>${page}`])));
  await bench.mirror();
  expect(await bench.text("a/index.htm")).toContain(`href="${way}`);
});
