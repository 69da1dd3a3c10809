import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { loadClientConfig, loadConfig } from "../../../config/load.ts";
import { reveal } from "../../../engine/model/secret.ts";
import { failureOf, goodConfig, goodEnv, makeFolder, writeConfig } from "./config-file.ts";
import { fakeRegistry } from "./fake-registry.ts";

const load = (file: string, env: Record<string, string> = goodEnv) =>
  loadConfig(file, { registry: fakeRegistry, env });

describe("a good file", () => {
  test("gives settings with defaults, and adapters ready to be made", async () => {
    const config = await load(await writeConfig(goodConfig));
    expect(config.state).toBe("/var/lib/site");
    expect(config.api).toEqual({ listen: "127.0.0.1", port: 7070 });
    expect(config.source.hosts).toEqual([{ host: "cms.example.edu:8080", allowPrivate: true }]);
    expect(config.destinations.map(({ name, type, hosts }) => [name, type, hosts[0]?.host])).toEqual([
      ["staging", "host", "staging.example.edu:2222"],
      ["origin", "host", "origin.example.edu:22"],
    ]);
    expect(config.site.places.mirror).toEqual({ origins: [], routes: [], edges: [] });
    expect(config.site.guards).toEqual({
      removalShareMax: 0.25,
      removalCountFree: 10,
      freeBytesMin: 1_073_741_824,
    });
    expect(config.site).toMatchObject({
      name: "A site",
      relocations: [],
      schedules: [],
      proofTimeoutMs: 300_000,
    });
  });

  test("never shows a secret when it is printed", async () => {
    const config = await load(await writeConfig(goodConfig));
    expect(JSON.stringify(config) + inspect(config, { depth: 20, showHidden: true })).not.toMatch(
      /hunter2|t0ken/,
    );
  });

  test("keeps the key that signs mirrors apart from the site, and takes none in plain text", async () => {
    const signing = (key: string) => `${goodConfig}mirror: { signing: { key: ${key} } }\n`;
    const { signing: sealed, site } = await load(await writeConfig(signing("env:SIGNING_KEY")), {
      ...goodEnv,
      SIGNING_KEY: "the key",
    });
    expect(sealed && reveal(sealed.key)).toBe("the key");
    expect(site.mirror).not.toHaveProperty("signing");
    const file = await writeConfig(signing("written-down"));
    expect(await failureOf(load(file), file)).toMatch(/mirror.signing.key: expected a secret/);
  });

  test("may use anchors", async () => {
    const text = goodConfig
      .replace("origins: [staging]", "origins: &none [staging], edges: &e []")
      .replace("edges: [cdn]", "edges: *e");
    expect((await load(await writeConfig(text))).site.places.production.edges).toEqual([]);
  });
});

describe("references", () => {
  test("are read from variables, files and credentials, without one line feed at the end", async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, "state"), "/srv/state\n\n");
    await writeFile(join(folder, "cms-user"), "engine\r\n");
    const text = goodConfig
      .replace("state: /var/lib/site", `state: file:${join(folder, "state")}`)
      .replace("name: A site", "name: credential:cms-user");
    const file = await writeConfig(text);
    const env = { ...goodEnv, CREDENTIALS_DIRECTORY: folder };
    const config = await load(file, env);
    expect([config.state, config.site.name]).toEqual(["/srv/state\n", "engine"]);
    expect((await loadClientConfig(file, { env: {} })).state).toBe("/srv/state\n");
  });

  test.each([
    ["env:ABSENT", "the environment variable ABSENT is not set"],
    ["env:EMPTY", "the environment variable EMPTY is empty"],
    ["env:A-B", "expected env: with the name of a variable"],
    ["file:relative", "expected file: with an absolute path, found file:relative"],
    ["file:/nonexistent/x", "file:/nonexistent/x cannot be read (ENOENT)"],
    ["file:/tmp", "file:/tmp cannot be read (EISDIR)"],
    ["file:/dev/zero", "file:/dev/zero is longer than 65536 bytes"],
    ["credential:../x", "expected credential: with the name of a credential"],
    [
      "credential:x",
      "credential:x cannot be read: $CREDENTIALS_DIRECTORY is not set (start the engine by systemd)",
    ],
  ])("%s is complained of, never read as empty", async (reference, text) => {
    const file = await writeConfig(goodConfig.replace("env:CMS_PASSWORD", reference));
    const failure = await failureOf(load(file, { ...goodEnv, EMPTY: "" }), file);
    expect(failure).toBe(
      `invalid-config: the configuration has 1 fault:\n  site.yaml:9:13: source.password: ${text}`,
    );
  });

  test("what stands behind one is never shown", async () => {
    const file = await writeConfig(goodConfig);
    const failure = await failureOf(
      load(file, { ...goodEnv, STAGING_PORT: "hunter3", IS_SLOW: "hunter4" }),
      file,
    );
    expect(failure.split("\n").slice(1)).toEqual([
      "  site.yaml:11:58: destinations.staging.port: expected a number, found the text of env:STAGING_PORT",
      "  site.yaml:11:84: destinations.staging.isSlow: expected true or false, found the text of env:IS_SLOW",
    ]);
  });

  test("a number from a variable is held against its bounds", async () => {
    const file = await writeConfig(goodConfig);
    expect(await failureOf(load(file, { ...goodEnv, STAGING_PORT: "70000" }), file)).toContain(
      "destinations.staging.port: expected at most 65535, found the text of env:STAGING_PORT",
    );
  });
});

describe("the part for clients", () => {
  test("needs no secret of the engine", async () => {
    const file = await writeConfig(`${goodConfig}api: {port: env:PORT}\n`);
    expect(await loadClientConfig(file, { env: { PORT: "81" } })).toEqual({
      file,
      state: "/var/lib/site",
      api: { listen: "127.0.0.1", port: 81 },
    });
  });

  test("is complained of like the whole", async () => {
    const file = await writeConfig(`${goodConfig}api: {port: env:PORT, listen: localhost}\n`);
    expect(await failureOf(loadClientConfig(file, { env: {} }), file)).toBe(
      "invalid-config: the configuration has 2 faults:\n" +
        "  site.yaml:18:13: api.port: the environment variable PORT is not set\n" +
        '  site.yaml:18:31: api.listen: expected an IP address, found "localhost"',
    );
  });
});
