import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { digestOf } from "../../../engine/model/digest.ts";
import type { TokenStore } from "../../../engine/ports/store/store.ts";
import { createToken, findCliToken, keepCliToken } from "../../../scripts/lib/cli-token.ts";
import { makeFolder } from "../config/config-file.ts";

function makeTokens(): TokenStore {
  const records: { hash: string; record: Parameters<TokenStore["add"]>[0] }[] = [];
  return {
    add: async (record, hash) => void records.push({ hash, record }),
    find: async (hash) => records.find((each) => each.hash === hash)?.record,
    list: async () => records.map(({ record }) => record),
  };
}

function makeEngine(tokens: TokenStore) {
  return { tokens, service: { identify: (token: string) => tokens.find(digestOf(token)) } };
}

test("a token is kept as its hash only", async () => {
  const tokens = makeTokens();
  const token = await createToken(tokens, "ann", "publisher");
  expect(token).toMatch(/^ocw_[\w-]{43}$/);
  expect(await tokens.find(digestOf(token))).toMatchObject({ name: "ann", role: "publisher" });
  expect(JSON.stringify(await tokens.list())).not.toContain(token);
});

test("the daemon leaves a token that only its owner reads, and keeps it while it is good", async () => {
  const folder = await makeFolder();
  const file = join(folder, "cli-token");
  const tokens = makeTokens();
  await writeFile(file, "stale\n", { mode: 0o644 });
  await keepCliToken(folder, makeEngine(tokens));
  const token = await findCliToken(folder, {});
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await tokens.find(digestOf(token))).toMatchObject({ role: "admin" });

  await keepCliToken(folder, makeEngine(tokens));
  expect(await findCliToken(folder, {})).toBe(token);
  expect(await tokens.list()).toHaveLength(1);
  expect(await readFile(file, "utf8")).toBe(`${token}\n`);
});

test("the environment's token comes first, and none is told with where to get one", async () => {
  const folder = await makeFolder();
  expect(await findCliToken(folder, { OCW_ENGINE_TOKEN: "mine\n" })).toBe("mine");
  await expect(findCliToken(folder, { OCW_ENGINE_TOKEN: "a\nb" })).rejects.toThrow("no token may hold");
  await expect(findCliToken(folder, {})).rejects.toThrow(`who owns ${join(folder, "cli-token")}`);
});
