import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { demoContent } from "../../world/content/demo-content.ts";
import { startWorld } from "../../world/start-world.ts";
import { runProgram } from "./run-program.ts";
import { runSftp, runSsh } from "./ssh-clients.ts";
import { stopAfterTest, temporaryFolder } from "./temporary-folder.ts";

const STAND_INS = { ssh: "ssh2", web: "static" } as const;

test.each([
  ["what is installed", {}],
  ["the stand-ins", { prefer: STAND_INS }],
])("starts a whole world of %s in which a page travels from SSH to the edge", async (_name, options) => {
  const dir = await temporaryFolder();
  const world = stopAfterTest(await startWorld({ dir, content: demoContent(), ...options }));
  const { staging, production, mirror, netstorage, edge } = world;
  for (const { ssh, web, root } of [staging, production]) {
    await writeFile(path.join(dir, "page"), `page of ${ssh.port}`);
    expect((await runSftp(ssh, [`put ${dir}/page ${root}/index.htm`])).status).toBe(0);
    const response = await fetch(`${web.url}/`);
    expect(await response.text()).toBe(`page of ${ssh.port}`);
    expect(response.headers.get("x-robots-tag")).toBe(root === staging.root ? "noindex" : null);
  }
  expect(await (await fetch(`${edge.url}/`)).text()).toBe(`page of ${production.ssh.port}`);
  expect((await runSftp(netstorage, [`put ${dir}/page /15436/a.zip`])).status).toBe(0);
  expect((await fetch(`${edge.url}/ans15436/a.zip`)).status).toBe(200);
  expect(
    (await runSsh(mirror.ssh, `cd '${mirror.root}' && mkdir g1 && echo m > g1/index.htm && ln -s g1 current`))
      .status,
  ).toBe(0);
  expect(await (await fetch(`${mirror.web.url}/`)).text()).toBe("m\n");
  if (mirror.rsyncUrl !== undefined) {
    expect((await runProgram("rsync", ["-a", `${mirror.rsyncUrl}/`, `${dir}/copy/`])).status).toBe(0);
  }
  expect((await fetch(world.cms.baseUrl)).status).toBe(200);
});

test("says which implementations it runs, and runs the real ones in CI", async () => {
  const dir = await temporaryFolder();
  const world = stopAfterTest(await startWorld({ dir, content: demoContent() }));
  if (process.env.CI === "true")
    expect(world.parts()).toEqual({ ssh: "openssh", web: "nginx", rsync: "rsync" });
  const other = path.join(dir, "other");
  const second = stopAfterTest(await startWorld({ dir: other, content: demoContent(), prefer: STAND_INS }));
  expect(second.parts()).toMatchObject(STAND_INS);
  expect(new Set([...world.ports(), ...second.ports()]).size).toBe(world.ports().length * 2);
});

test("gives the variables that reach its parts, and fails what reaches further", async () => {
  const dir = await temporaryFolder();
  const world = stopAfterTest(await startWorld({ dir, content: demoContent(), prefer: STAND_INS }));
  const environment = world.environment();
  expect(environment).toMatchObject({
    OCW_CMS_URL: world.cms.baseUrl,
    OCW_STAGING_SSH_PORT: String(world.staging.ssh.port),
    OCW_NETSTORAGE_SSH_USER: "sshacs",
    OCW_NETSTORAGE_ROOT: "/15436",
    OCW_EDGE_URL: world.edge.url,
  });
  expect(
    Object.entries(environment).filter(([name, value]) => !/^OCW_[A-Z_]+$/.test(name) || value === ""),
  ).toEqual([]);
  const file = path.join(dir, "connections");
  await writeFile(file, `${JSON.stringify({ host: "127.0.0.1", port: world.cms.port })}\n`);
  await world.assertConnections({ file, enginePort: 1 });
  await writeFile(file, `${JSON.stringify({ host: "127.0.0.1", port: 9 })}\n`);
  await expect(world.assertConnections({ file, enginePort: 1 })).rejects.toThrow("127.0.0.1:9");
  // The edge pulls from production, so with production in the engine's place a part has connected to it.
  await fetch(`${world.edge.url}/`);
  await expect(world.assertConnections({ file, enginePort: world.production.web.port })).rejects.toThrow(
    "edge",
  );
});

test("stops what had started when a part cannot start", async () => {
  const dir = await temporaryFolder();
  await mkdir(path.join(dir, "production"));
  await symlink("/dev/null", path.join(dir, "production/www"));
  await expect(startWorld({ dir, content: demoContent(), prefer: STAND_INS })).rejects.toThrow();
  expect(process.getActiveResourcesInfo()).not.toContain("TCPServerWrap");
});
