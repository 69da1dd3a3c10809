import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Role } from "../../../engine/ports/store/store.ts";
import { findCliToken, keepCliToken } from "../../../scripts/lib/cli-token.ts";
import { makeFolder } from "../config/config-file.ts";

function makeService() {
  const made = new Map<string, { name: string; role: Role }>();
  return {
    made,
    identify: async (token: string) => made.get(token),
    async createToken(name: string, role: Role) {
      const token = `ocw_${name}`;
      made.set(token, { name, role });
      return token;
    },
  };
}

test("the daemon leaves a token that only its owner reads, and keeps it while it is good", async () => {
  const folder = await makeFolder();
  const file = join(folder, "cli-token");
  const service = makeService();
  await writeFile(file, "stale\n", { mode: 0o644 });
  await keepCliToken(folder, service);
  const token = await findCliToken(folder, {});
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(service.made.get(token)).toMatchObject({ role: "admin" });

  await keepCliToken(folder, service);
  expect(await findCliToken(folder, {})).toBe(token);
  expect(service.made.size).toBe(1);
  expect(await readFile(file, "utf8")).toBe(`${token}\n`);
});

test("the environment's token comes first, and none is told with where to get one", async () => {
  const folder = await makeFolder();
  expect(await findCliToken(folder, { OCW_ENGINE_TOKEN: "mine\n" })).toBe("mine");
  await expect(findCliToken(folder, { OCW_ENGINE_TOKEN: "a\nb" })).rejects.toThrow("no token may hold");
  await expect(findCliToken(folder, {})).rejects.toThrow(`who owns ${join(folder, "cli-token")}`);
});
