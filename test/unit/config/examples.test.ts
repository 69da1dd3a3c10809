import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { adapterRegistry } from "../../../adapters/registry.ts";
import { loadConfig } from "../../../config/load.ts";
import { prepareExample } from "./example-machine.ts";

const folder = join(import.meta.dirname, "../../../config");
async function loadExample(name: string) {
  const { file, env } = await prepareExample(name);
  return loadConfig(file, { registry: adapterRegistry, env });
}

describe("the files of config/", () => {
  test("are the demo's and one for each environment", async () => {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".yaml"));
    expect(names.sort()).toEqual(["demo.yaml", "production.example.yaml", "qa.example.yaml"]);
  });

  test.each(["demo.yaml", "production.example.yaml", "qa.example.yaml"])("%s is right", async (name) => {
    const { site, source, destinations, edges } = await loadExample(name);
    expect(source.type).toBe("plone");
    const types = destinations.map(({ type }) => type);
    expect([...new Set(types)]).toEqual(["ssh", "netstorage-ssh", "mirror"]);
    expect(edges.map(({ type }) => type)).toEqual(["akamai"]);
    expect(site.places.production.routes).toEqual([{ prefix: "/ans15436", destination: "netstorage" }]);
    expect(site.relocations).toEqual([{ suffix: ".zip", to: "/ans15436/ZipForEndUsers" }]);
    expect(site.schedules.length).toBeGreaterThan(0);
  });

  test("name no host that could be somebody's", async () => {
    for (const name of ["production.example.yaml", "qa.example.yaml"]) {
      const text = (await readFile(join(folder, name), "utf8")).replaceAll(/^\s*#.*$/gm, "");
      const hosts = text.match(/[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:edu|com|org|net)\b/g) ?? [];
      expect(hosts.length).toBeGreaterThan(5);
      expect(hosts.filter((host) => !host.endsWith("example.edu"))).toEqual([]);
    }
  });
});
