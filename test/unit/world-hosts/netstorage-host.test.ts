import { randomBytes } from "node:crypto";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Stats } from "ssh2";
import { expect, test } from "vitest";
import { startNetstorageHost } from "../../world/hosts/netstorage-host.ts";
import { createSshKeys } from "../../world/hosts/ssh-keys.ts";
import { ask, call, connectSftp, runSftp, runSsh } from "./ssh-clients.ts";
import { stopAfterTest, temporaryFolder } from "./temporary-folder.ts";

async function startHost() {
  const folder = await temporaryFolder();
  const root = path.join(folder, "store");
  const host = await startNetstorageHost({ dir: path.join(folder, "ssh"), root });
  return { folder, root, host: stopAfterTest(host) };
}

test("takes an upload with an RSA key, makes the folders, and shows it to the edge", async () => {
  const { folder, root, host } = await startHost();
  const bytes = randomBytes(700_000);
  await writeFile(path.join(folder, "course.zip"), bytes);
  expect(await readFile(host.privateKeyFile, "utf8")).toMatch(/PRIVATE KEY/);
  const ran = await runSftp(host, [
    "pwd",
    `put ${folder}/course.zip /15436/ZipForEndUsers/18/course.zip`,
    "rename /15436/ZipForEndUsers/18/course.zip /15436/ZipForEndUsers/18/c.zip",
    "ls -l /15436/ZipForEndUsers/18",
  ]);
  expect(ran).toMatchObject({ status: 0, stderr: "" });
  expect(ran.stdout.toString()).toContain("Remote working directory: /\n");
  expect(await readFile(path.join(root, "15436/ZipForEndUsers/18/c.zip"))).toEqual(bytes);
  const response = await fetch(`${host.webUrl}/ans15436/ZipForEndUsers/18/c.zip`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/zip");
  expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
});

test.each(["/15436/ZipForEndUsers/18/c.zip", "/ans15436/none.zip", "/ans15436/", "/ans15436/%2e%2e/outside"])(
  "shows the edge nothing else: %s",
  async (urlPath) => {
    const { root, host } = await startHost();
    await mkdir(path.join(root, "15436/ZipForEndUsers/18"), { recursive: true });
    await writeFile(path.join(root, "15436/ZipForEndUsers/18/c.zip"), "zip");
    await writeFile(path.join(root, "outside"), "no");
    expect((await fetch(`${host.webUrl}${urlPath}`)).status).toBe(404);
  },
);

test("has neither commands nor extensions, and sets no times", async () => {
  const { host } = await startHost();
  expect((await runSsh(host, "echo in")).status).not.toBe(0);
  const sftp = await connectSftp(host);
  const handle = await ask<Buffer>((done) => sftp.open("/15436/a", "w", done));
  await call((done) => sftp.write(handle, Buffer.from("abc"), 0, 3, 0, done));
  await call((done) => sftp.close(handle, done));
  expect((await ask<Stats>((done) => sftp.stat("/15436/a", done))).size).toBe(3);
  await expect(call((done) => sftp.utimes("/15436/a", 1, 1, done))).rejects.toMatchObject({ code: 8 });
  await expect(call((done) => sftp.chmod("/15436/a", 0o600, done))).rejects.toMatchObject({ code: 8 });
  expect(() => sftp.ext_openssh_rename("/15436/a", "/15436/b", () => undefined)).toThrow("does not support");
});

test("does not replace a file by renaming", async () => {
  const { root, host } = await startHost();
  await writeFile(path.join(root, "15436/a"), "a");
  await writeFile(path.join(root, "15436/b"), "b");
  const sftp = await connectSftp(host);
  await expect(call((done) => sftp.rename("/15436/a", "/15436/b", done))).rejects.toMatchObject({ code: 4 });
  expect(await readFile(path.join(root, "15436/b"), "utf8")).toBe("b");
});

test.each(["/other/a", "/../other/a", "/15436/out/a"])(
  "stores nothing outside its CP code: %s",
  async (name) => {
    const { folder, root, host } = await startHost();
    await symlink(folder, path.join(root, "15436/out"));
    const sftp = await connectSftp(host);
    await expect(call((done) => sftp.open(name, "w", done))).rejects.toMatchObject({ code: 3 });
  },
);

test("lets in no other user and no other key", async () => {
  const { folder, host } = await startHost();
  expect((await runSftp({ ...host, user: "root" }, ["pwd"])).status).toBe(255);
  const stranger = await createSshKeys(path.join(folder, "stranger"), "rsa");
  expect((await runSftp({ ...host, privateKeyFile: stranger.privateKeyFile }, ["pwd"])).status).toBe(255);
});

test("fails writes while its disk is full", async () => {
  const { host } = await startHost();
  await host.inject("disk-full");
  const sftp = await connectSftp(host);
  await expect(call((done) => sftp.open("/15436/a", "w", done))).rejects.toMatchObject({ code: 4 });
  await host.clearFaults();
  await ask<Buffer>((done) => sftp.open("/15436/a", "w", done));
});
