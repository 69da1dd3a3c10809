import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { inspect } from "node:util";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sshDestination } from "../../adapters/destinations/ssh/ssh-destination.ts";
import { secret } from "../../engine/model/secret.ts";
import type { Report } from "../../engine/ports/context.ts";
import type { Put } from "../../engine/ports/destination.ts";
import { listenOnLoopback } from "../world/hosts/find-free-port.ts";
import { type SshHost, startSshHost } from "../world/hosts/ssh-host.ts";
import {
  claimOf,
  createContext,
  type DestinationBench,
  deliver,
  filesBelow,
  lookAt,
  putOf,
  stageAll,
  streamOf,
  waveOf,
} from "./destination/bench.ts";
import { connectionOptions, createDestination, makeTestFolder } from "./destination/ssh-benches.ts";

let folder: string;
let remove: () => Promise<void>;
let host: SshHost;
let count = 0;
beforeAll(async () => {
  ({ folder, remove } = await makeTestFolder());
  host = await startSshHost({ dir: path.join(folder, "host"), root: path.join(folder, "home") });
});
afterAll(async () => {
  await host.stop();
  await remove();
});

async function makeBench(options: object = {}, on = host): Promise<DestinationBench> {
  const root = path.join(on.root, `site-${++count}`);
  await mkdir(root);
  return {
    destination: createDestination(sshDestination, { ...connectionOptions(on), root, ...options }),
    prefix: "",
    holding: path.join(on.root, `.ocw-engine-site-${count}`),
    outside: `${root}-outside`,
    fileOf: (sitePath) => path.join(root, sitePath),
    prepareSite: async () => undefined,
  };
}

async function fileWith(content: string): Promise<string> {
  const file = path.join(folder, `file-${++count}`);
  await writeFile(file, content, { mode: 0o600 });
  return file;
}

/** How opening and probing fail; both must name the same thing. */
async function failureOf(
  options: object,
): Promise<{ code: string; message: string; failed: string[]; report: Report }> {
  const { destination } = await makeBench(options);
  const error = await destination.open(claimOf(1), createContext()).then(
    () => new Error("it opened"),
    (thrown: unknown) => thrown,
  );
  const report = await destination.probe(createContext());
  const failed = report.checks.filter((check) => !check.ok);
  if (!(error instanceof Error) || !("code" in error)) throw error;
  expect(failed.map((check) => check.detail)).toEqual([error.message]);
  expect(failed[0]?.advice).toBeTruthy();
  return {
    code: String(error.code),
    message: error.message,
    failed: failed.map((check) => check.name),
    report,
  };
}

describe("promise 12: host keys are always verified, before anything is sent", () => {
  it("refuses an unknown one with its fingerprint and the line to add", async () => {
    const failure = await failureOf({ knownHosts: await fileWith("") });
    expect(failure).toMatchObject({ code: "unauthorized", failed: ["host key"] });
    expect(failure.message).toMatch(/SHA256:[A-Za-z0-9+/]{43}/);
    expect(failure.message).toContain(host.hostKeyLine);
  });

  it("refuses a changed one loudly", async () => {
    const other = ssh2.utils.generateKeyPairSync("ed25519").public;
    const knownHosts = await fileWith(`[127.0.0.1]:${host.port} ${other}\n`);
    expect(await failureOf({ knownHosts })).toMatchObject({
      code: "unauthorized",
      failed: ["host key"],
      message: expect.stringContaining("HAS CHANGED"),
    });
  });

  it("refuses to go on without a readable known_hosts file", async () => {
    expect(await failureOf({ knownHosts: path.join(folder, "none") })).toMatchObject({
      code: "invalid-config",
    });
  });
});

describe("logging in by SSH", () => {
  it("tells a refused key from a host that does not answer", async () => {
    const key = secret(ssh2.utils.generateKeyPairSync("ed25519").private);
    const refused = await failureOf({ privateKey: undefined, key });
    expect(refused).toMatchObject({ code: "unauthorized", failed: ["login"] });
    const knownHosts = await fileWith(host.hostKeyLine.replace(/:\d+/, ":1"));
    expect(await failureOf({ port: 1, knownHosts })).toMatchObject({
      code: "unavailable",
      failed: ["reachable"],
    });
  });

  it("promise 12: takes an encrypted key and its passphrase as secrets, and prints neither", async () => {
    const passphrase = "correct horse battery staple";
    const pair = ssh2.utils.generateKeyPairSync("ed25519", { cipher: "aes256-ctr", passphrase, rounds: 4 });
    const authorizedKeys = path.join(folder, "host/authorized_keys");
    await writeFile(authorizedKeys, `${await readFile(authorizedKeys, "utf8")}${pair.public}\n`);
    const options = { privateKey: undefined, key: pair.private, passphrase: secret(passphrase) };
    const bench = await makeBench(options);
    await deliver(bench, claimOf(1), [putOf(bench, "a.htm", "a")]);
    const failure = await failureOf({ ...options, passphrase: "wrong passphrase" });
    expect(failure.code).toBe("invalid-config");
    const parsed = sshDestination.options.parse({ ...connectionOptions(host), root: "/srv/www", ...options });
    for (const shown of [
      JSON.stringify(parsed),
      inspect(parsed),
      inspect(failure),
      String(failure.message),
    ]) {
      expect(shown).not.toContain("horse");
      expect(shown).not.toContain("wrong passphrase");
      expect(shown).not.toContain("PRIVATE KEY-----");
    }
  });

  it("names a root that is not there, and a private key that cannot be read", async () => {
    const root = path.join(folder, "nowhere");
    expect(await failureOf({ root })).toMatchObject({
      code: "not-found",
      message: expect.stringContaining(root),
    });
    expect(await failureOf({ privateKey: path.join(folder, "none") })).toMatchObject({
      code: "invalid-config",
    });
  });

  it("says so when the remote shell prints text where SFTP is expected", async () => {
    const keys = ssh2.utils.generateKeyPairSync("ed25519");
    const server = new ssh2.Server({ hostKeys: [keys.private] }, (connection) => {
      connection.on("authentication", (attempt) => attempt.accept());
      connection.on("error", () => connection.end());
      connection.on("session", (accept) => {
        accept().on("subsystem", (acceptSubsystem) => acceptSubsystem().write("Welcome to example\n"));
      });
    });
    const port = await listenOnLoopback(server);
    const knownHosts = await fileWith(`[127.0.0.1]:${port} ${keys.public}`);
    expect(await failureOf({ port, knownHosts })).toMatchObject({
      code: "refused",
      message: expect.stringMatching(/remote shell prints text.*Welc/),
    });
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("an origin that fails while it is delivered to", () => {
  it.each(["openssh", "ssh2"] as const)(
    "is left when %s does not answer any more",
    async (implementation) => {
      const dir = await mkdtemp(path.join(folder, "stalling-"));
      const stalling = await startSshHost({ dir, root: path.join(dir, "home"), implementation });
      const bench = await makeBench({ idleTimeoutMs: 1000 }, stalling);
      const put = putOf(bench, "a.bin", Buffer.alloc(8_000_000));
      const stallingPut: Put = {
        entry: put.entry,
        async *open() {
          yield Buffer.alloc(1_000_000);
          await stalling.inject("stall");
          yield* streamOf(Buffer.alloc(7_000_000));
        },
      };
      const delivery = await bench.destination.open(claimOf(1), createContext());
      await expect(stageAll(delivery, [stallingPut])).rejects.toMatchObject({ code: "unavailable" });
      await delivery.close();
      await expect(bench.destination.open(claimOf(2), createContext())).rejects.toMatchObject({
        code: "unavailable",
      });
      await stalling.clearFaults();
      await deliver(bench, claimOf(3), [putOf(bench, "a.bin", "small")]);
      await stalling.stop();
    },
  );

  it.each([
    ["openssh", { implementation: "openssh", diskSizeBytesMax: 4_000_000 }],
    ["ssh2", { implementation: "ssh2" }],
  ] as const)("tells a full disk from other failures (%s)", async (_, options) => {
    const dir = await mkdtemp(path.join(folder, "full-"));
    const full = await startSshHost({ dir, root: path.join(dir, "home"), ...options });
    const bench = await makeBench({}, full);
    const put = putOf(bench, "a.bin", Buffer.alloc(500_000, 1));
    const delivery = await bench.destination.open(claimOf(1), createContext());
    await full.inject("disk-full");
    await expect(stageAll(delivery, [put])).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("disk full"),
    });
    expect(await delivery.room(createContext())).toBeLessThan(100_000);
    await full.clearFaults();
    expect(await lookAt(delivery, [put])).toMatchObject([{ kind: "absent" }]);
    await delivery.abandon(createContext());
    await delivery.close();
    await deliver(bench, claimOf(2), [put]);
    await full.stop();
  });

  it("says what to do when it denies permission", async () => {
    const dir = await mkdtemp(path.join(folder, "denying-"));
    const denying = await startSshHost({ dir, root: path.join(dir, "home"), implementation: "ssh2" });
    const bench = await makeBench({ holding: "/somewhere/else" }, denying);
    const error = { code: "unauthorized", message: expect.stringMatching(/denies permission.*\/somewhere/) };
    await expect(bench.destination.open(claimOf(1), createContext())).rejects.toMatchObject(error);
    const report = await bench.destination.probe(createContext());
    expect(report.checks.filter((check) => !check.ok).length).toBeGreaterThan(0);
    await denying.stop();
  });

  it("probes that the holding folder is on the root's file system, which commits need", async () => {
    const elsewhere = await mkdtemp("/dev/shm/holding-");
    const bench = await makeBench({ holding: elsewhere });
    const { checks } = await bench.destination.probe(createContext());
    expect(checks.filter((check) => !check.ok)).toMatchObject([
      { name: "same file system", advice: expect.stringContaining("same file system") },
    ]);
    expect(await filesBelow(elsewhere)).toEqual([]);
    await rm(elsewhere, { recursive: true });
  });
});

describe("options of the ssh destination", () => {
  it("gives files and folders the rights and the group that are configured", async () => {
    const bench = await makeBench({ fileMode: "0640", directoryMode: "2750", group: 12_345 });
    const put = putOf(bench, "deep/a.htm", "a");
    await deliver(bench, claimOf(1), [put]);
    const file = await stat(bench.fileOf(put.entry.path));
    const parent = await stat(path.dirname(bench.fileOf(put.entry.path)));
    expect([file.mode & 0o7777, parent.mode & 0o7777]).toEqual([0o640, 0o2750]);
    if (host.implementation === "openssh") expect([file.gid, parent.gid]).toEqual([12_345, 12_345]);
  });

  it("keeps only paths under a prefix that it strips", async () => {
    const bench = await makeBench({ stripPrefix: "/courses" });
    const put = putOf(bench, "a.htm", "a");
    await deliver(bench, claimOf(1), [put]);
    expect(await readFile(bench.fileOf("/physics/8-01/a.htm"), "utf8")).toBe("a");
    const outside = putOf(bench, "/coursesother/a.htm", "a");
    const delivery = await bench.destination.open(claimOf(2), createContext());
    await expect(stageAll(delivery, [outside])).rejects.toMatchObject({ code: "refused" });
    await expect(delivery.commit(waveOf([outside]), createContext())).rejects.toMatchObject({
      code: "refused",
    });
    await delivery.close();
  });

  it("refuses what cannot be meant", () => {
    const good = { ...connectionOptions(host), root: "/srv/www" };
    const bad = [
      { root: "srv" },
      { root: "/" },
      { root: "/srv/../etc" },
      { root: "/srv/www/" },
      { root: "/srv\n" },
      { host: "a b" },
      { host: "-oProxyCommand=x y" },
      { privateKey: undefined },
      { key: "both" },
      { fileMode: "abc" },
      { concurrency: 0 },
      { unknown: 1 },
    ];
    expect(sshDestination.options.safeParse(good).success).toBe(true);
    for (const change of bad)
      expect([change, sshDestination.options.safeParse({ ...good, ...change }).success]).toEqual([
        change,
        false,
      ]);
  });
});
