import { randomBytes } from "node:crypto";
import { lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Stats } from "ssh2";
import { describe, expect, test } from "vitest";
import { findProgram } from "../../world/hosts/find-program.ts";
import { type SshHostOptions, startSshHost } from "../../world/hosts/ssh-host.ts";
import { createSshKeys } from "../../world/hosts/ssh-keys.ts";
import { runProgram } from "./run-program.ts";
import { ask, call, connectSftp, connectSsh2, runSftp, runSsh, untilClosed } from "./ssh-clients.ts";
import { stopAfterTest, temporaryFolder } from "./temporary-folder.ts";

async function startHost(options: Omit<SshHostOptions, "dir" | "root">) {
  const folder = await temporaryFolder();
  const root = path.join(folder, "www");
  return { folder, root, host: stopAfterTest(await startSshHost({ dir: folder, root, ...options })) };
}

// Without OpenSSH the first case is left out, but never in CI: there it fails.
const implementations = (["openssh", "ssh2"] as const).filter(
  (name) => name === "ssh2" || process.env.CI === "true" || findProgram("sshd") !== undefined,
);

describe.each(implementations)("an SSH host run by %s", (implementation) => {
  test("runs a command for OpenSSH's client, with its input and its exit code", async () => {
    const { root, host } = await startHost({ implementation });
    const bytes = randomBytes(300_000);
    const ran = await runSsh(host, `cat > '${root}/a' && wc -c < '${root}/a'; echo no >&2; exit 3`, bytes);
    expect(ran).toMatchObject({ status: 3, stderr: "no\n" });
    expect(ran.stdout.toString().trim()).toBe("300000");
    expect(await readFile(path.join(root, "a"))).toEqual(bytes);
  });

  test("takes OpenSSH's sftp through a whole delivery", async () => {
    const { folder, root, host } = await startHost({ implementation });
    const bytes = randomBytes(1_500_000);
    await writeFile(path.join(folder, "sent"), bytes);
    const ran = await runSftp(host, [
      `cd ${root}`,
      "mkdir staged",
      `put -p ${folder}/sent staged/a.bin`,
      "chmod 640 staged/a.bin",
      "rename staged/a.bin b.bin",
      "ln b.bin hard.bin",
      "ln -s b.bin soft.bin",
      "rmdir staged",
      "ls -la",
      "df",
      `get soft.bin ${folder}/fetched`,
      "rm hard.bin",
    ]);
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(ran.stdout.toString()).toMatch(/^-rw-r-----.* 1500000 .*b\.bin$/m);
    expect(await readFile(path.join(folder, "fetched"))).toEqual(bytes);
    expect(await readlink(path.join(root, "soft.bin"))).toBe("b.bin");
    const sent = await stat(path.join(folder, "sent"));
    expect((await stat(path.join(root, "b.bin"))).mtime.getTime()).toBe(
      Math.floor(sent.mtimeMs / 1000) * 1000,
    );
    await expect(lstat(path.join(root, "hard.bin"))).rejects.toThrow("ENOENT");
  });

  test("renames as version 3 says, and replaces only by posix-rename", async () => {
    const { root, host } = await startHost({ implementation });
    await writeFile(path.join(root, "new"), "new");
    await writeFile(path.join(root, "old"), "old");
    const sftp = await connectSftp(host);
    await expect(call((done) => sftp.rename(`${root}/new`, `${root}/old`, done))).rejects.toMatchObject({
      code: 4,
    });
    expect(await readFile(path.join(root, "old"), "utf8")).toBe("old");
    await call((done) => sftp.ext_openssh_rename(`${root}/new`, `${root}/old`, done));
    expect(await readFile(path.join(root, "old"), "utf8")).toBe("new");
  });

  test("offers fsync, and tells the free space", async () => {
    const { root, host } = await startHost({ implementation });
    const sftp = await connectSftp(host);
    const handle = await ask<Buffer>((done) => sftp.open(`${root}/f`, "wx", { mode: 0o600 }, done));
    await call((done) => sftp.write(handle, Buffer.from("hello"), 0, 5, 0, done));
    await call((done) => sftp.ext_openssh_fsync(handle, done));
    const stats = await ask<Stats>((done) => sftp.fstat(handle, done));
    await call((done) => sftp.close(handle, done));
    expect(stats.size).toBe(5);
    expect(stats.mode & 0o777).toBe(0o600);
    const space = await runSftp(host, ["df -h ."]);
    expect(space.stdout.toString()).toMatch(/\d+%/);
  });

  test("starts in its root, and says which path that is", async () => {
    const { root, host } = await startHost({ implementation });
    const sftp = await connectSftp(host);
    expect(await ask<string>((done) => sftp.realpath(".", done))).toBe(root);
    await expect(call((done) => sftp.stat(`${root}/none`, done))).rejects.toMatchObject({ code: 2 });
    await mkdir(path.join(root, "many"));
    const names = Array.from({ length: 250 }, (_, index) => `n${index}`);
    await Promise.all(names.map((name) => writeFile(path.join(root, "many", name), "")));
    const listed = await ask<{ filename: string }[]>((done) => sftp.readdir("many", done));
    expect(listed.map(({ filename }) => filename).sort()).toEqual([...names].sort());
  });

  test("shows the key that its known_hosts line names, and takes no key but its own", async () => {
    const { folder, host } = await startHost({ implementation });
    const scanned = await runProgram("ssh-keyscan", ["-p", String(host.port), "-t", "ed25519", "127.0.0.1"]);
    expect(scanned.stdout.toString().trim()).toBe(host.hostKeyLine);
    const stranger = await createSshKeys(path.join(folder, "stranger"), "ed25519");
    const ran = await runSsh({ ...host, privateKeyFile: stranger.privateKeyFile }, "echo in");
    expect(ran).toMatchObject({ status: 255 });
    expect(ran.stdout.toString()).toBe("");
    expect((await runSsh({ ...host, user: "somebody-else" }, "echo in")).status).toBe(255);
  });

  test("runs no command when it is for SFTP only", async () => {
    const { root, host } = await startHost({ implementation, mode: "sftp-only" });
    const ran = await runSsh(host, `touch '${root}/made'`);
    expect(ran.status).not.toBe(0);
    expect((await runSftp(host, [`ls ${root}`])).status).toBe(0);
    await expect(lstat(path.join(root, "made"))).rejects.toThrow("ENOENT");
  });

  test("cuts the open connections, and takes new ones", async () => {
    const { host } = await startHost({ implementation });
    const client = await connectSsh2(host);
    const closed = untilClosed(client);
    expect(await host.connections()).toBe(1);
    await host.inject("cut");
    await closed;
    expect((await runSsh(host, "echo again")).stdout.toString()).toBe("again\n");
  });

  test("answers nothing while it stalls, and all of it afterwards", async () => {
    const { root, host } = await startHost({ implementation });
    const other = await startHost({ implementation });
    const sftp = await connectSftp(host);
    await host.inject("stall");
    let answered = false;
    const stats = ask<Stats>((done) => sftp.stat(root, done)).finally(() => {
      answered = true;
    });
    const login = runSsh(host, "echo late");
    // The other host does far more in this time than the stalled one would need for its answer.
    expect((await runSsh(other.host, "echo meanwhile")).stdout.toString()).toBe("meanwhile\n");
    expect(answered).toBe(false);
    await host.clearFaults();
    expect((await stats).isDirectory()).toBe(true);
    expect((await login).stdout.toString()).toBe("late\n");
  });

  test("leaves no process and no connection when it is stopped", async () => {
    const { folder } = await startHost({ implementation });
    const host = await startSshHost({ dir: path.join(folder, "second"), root: folder, implementation });
    const client = await connectSsh2(host);
    const closed = untilClosed(client);
    await host.stop();
    await closed;
    const ran = await runSsh(host, "echo still");
    expect(ran.status).toBe(255);
  });
});

describe("the disk of an SSH host", () => {
  const isRoot = process.getuid?.() === 0;

  test("fails writes with code 4 and says that no space is left (ssh2)", async () => {
    const { root, host } = await startHost({ implementation: "ssh2" });
    const sftp = await connectSftp(host);
    const handle = await ask<Buffer>((done) => sftp.open(`${root}/f`, "w", done));
    await host.inject("disk-full");
    const write = () => call((done) => sftp.write(handle, Buffer.from("x"), 0, 1, 0, done));
    await expect(write()).rejects.toMatchObject({ code: 4 });
    expect((await runSftp(host, ["df ."])).stdout.toString()).toMatch(/100%/);
    await host.clearFaults();
    await write();
  });

  test.runIf(isRoot && implementations.includes("openssh"))("is really full (openssh)", async () => {
    const diskSizeBytesMax = 1024 * 1024;
    const { root, host } = await startHost({ implementation: "openssh", diskSizeBytesMax });
    await host.inject("disk-full");
    const sftp = await connectSftp(host);
    const handle = await ask<Buffer>((done) => sftp.open(`${root}/f`, "w", done));
    const write = () => call((done) => sftp.write(handle, Buffer.alloc(9000), 0, 9000, 0, done));
    await expect(write()).rejects.toMatchObject({ code: 4 });
    const listed = await ask<{ filename: string }[]>((done) => sftp.readdir(root, done));
    expect(listed.map(({ filename }) => filename)).toEqual(["f"]);
    await host.clearFaults();
    await write();
  });

  test.runIf(implementations.includes("openssh"))("says what it needs to be full (openssh)", async () => {
    const { host } = await startHost({ implementation: "openssh" });
    await expect(host.inject("disk-full")).rejects.toThrow("diskSizeBytesMax");
  });
});

describe("the SFTP server of the stand-in", () => {
  test.each(["absolute", "../outside/secret", "out/secret", "dangling"])(
    "serves nothing outside its folders: %s",
    async (name) => {
      const folder = await temporaryFolder();
      const secret = path.join(folder, "outside/secret");
      await mkdir(path.dirname(secret));
      await writeFile(secret, "secret");
      const root = path.join(folder, "www");
      const started = await startSshHost({ dir: path.join(folder, "ssh"), root, implementation: "ssh2" });
      const sftp = await connectSftp(stopAfterTest(started));
      await symlink(path.dirname(secret), path.join(root, "out"));
      await symlink(path.join(folder, "outside/never-made"), path.join(root, "dangling"));
      const asked = name === "absolute" ? secret : name;
      await expect(call((done) => sftp.open(asked, "r", done))).rejects.toMatchObject({ code: 3 });
      await expect(call((done) => sftp.open(asked, "w", done))).rejects.toMatchObject({ code: 3 });
      expect(await readFile(secret, "utf8")).toBe("secret");
    },
  );

  test("may look at a link that points out, and remove it", async () => {
    const { root, host } = await startHost({ implementation: "ssh2" });
    await symlink("/etc/hostname", path.join(root, "out"));
    const sftp = await connectSftp(host);
    expect(await ask<string>((done) => sftp.readlink("out", done))).toBe("/etc/hostname");
    expect((await ask<Stats>((done) => sftp.lstat("out", done))).isSymbolicLink()).toBe(true);
    await call((done) => sftp.unlink("out", done));
    expect(await readdir(root)).toEqual([]);
  });

  test("survives what is no SFTP at all", async () => {
    const { host } = await startHost({ implementation: "ssh2" });
    const garbage = await runProgram(
      "ssh",
      [
        ...["-F", "none", "-q", "-o", `UserKnownHostsFile=${host.knownHostsFile}`, "-i", host.privateKeyFile],
        ...["-p", String(host.port), "-s", `${host.user}@127.0.0.1`, "sftp"],
      ],
      Buffer.alloc(64, 0xff),
    );
    expect(garbage.stdout.length).toBe(0);
    expect((await runSftp(host, ["pwd"])).status).toBe(0);
  });
});
