import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sshSigner } from "../../../adapters/signers/ssh-signer.ts";
import { secret } from "../../../engine/model/secret.ts";
import { createContext, streamOf } from "../../contract/destination/bench.ts";

describe("the signer of mirrors", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "signer-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** What the real `ssh-keygen` says of a signature, as the consumers' guide calls it. */
  async function verify(signature: Uint8Array, publicKey: string, message: string): Promise<string> {
    const [allowed, file] = [path.join(folder, "allowed_signers"), path.join(folder, "SHA256SUMS.sig")];
    await writeFile(allowed, `mirror@ocw.example.edu namespaces="ocw-mirror" ${publicKey}\n`);
    await writeFile(file, signature);
    const names = ["-n", "ocw-mirror", "-f", allowed, "-I", "mirror@ocw.example.edu", "-s", file];
    const { stdout, stderr } = spawnSync("ssh-keygen", ["-Y", "verify", ...names], { input: message });
    return `${stdout}${stderr}`;
  }
  const message = "0123  courses/a b.htm\n".repeat(5000);
  const sign = (options: Parameters<typeof sshSigner>[0]) =>
    sshSigner(options).sign(streamOf(Buffer.from(message)), createContext());

  it.each([
    ["ed25519", ssh2.utils.generateKeyPairSync("ed25519")],
    ["rsa", ssh2.utils.generateKeyPairSync("rsa", { bits: 2048 })],
  ] as const)("gives what ssh-keygen verifies, and only for these bytes (%s)", async (_, pair) => {
    const signature = await sign({ key: secret(pair.private) });
    expect(await verify(signature, pair.public, message)).toMatch(/^Good "ocw-mirror" signature/);
    expect(await verify(signature, pair.public, `${message}x`)).not.toContain("Good");
    const other = ssh2.utils.generateKeyPairSync("ed25519").public;
    expect(await verify(signature, other, message)).not.toContain("Good");
  });

  it.each([
    ["ed25519", ssh2.utils.generateKeyPairSync("ed25519")],
    ["rsa", ssh2.utils.generateKeyPairSync("rsa", { bits: 2048 })],
  ] as const)("tells the fingerprint that ssh-keygen prints (%s)", async (_, pair) => {
    const { keyFingerprint } = sshSigner({ key: secret(pair.private) });
    const { stdout } = spawnSync("ssh-keygen", ["-lf", "-"], { input: pair.public });
    expect(keyFingerprint).toBe(stdout.toString().split(" ")[1]);
  });

  it("promise 12: takes an encrypted key with its passphrase, and shows neither", async () => {
    const passphrase = "correct horse battery staple";
    const pair = ssh2.utils.generateKeyPairSync("ed25519", { cipher: "aes256-ctr", passphrase, rounds: 4 });
    const signature = await sign({ key: secret(pair.private), passphrase: secret(passphrase) });
    expect(await verify(signature, pair.public, message)).toMatch(/^Good/);
    const make = (): unknown => sshSigner({ key: secret(pair.private), passphrase: secret("wrong horse") });
    expect(make).toThrow(expect.objectContaining({ code: "invalid-config" }));
    try {
      make();
    } catch (error) {
      expect(inspect(error)).not.toMatch(/horse|PRIVATE KEY/);
    }
  });

  it("refuses what is no private key, or of a kind that it cannot sign with", () => {
    const keys = [
      "no key",
      ssh2.utils.generateKeyPairSync("ed25519").public,
      ssh2.utils.generateKeyPairSync("ecdsa", { bits: 256 }).private,
    ];
    for (const key of keys)
      expect(() => sshSigner({ key: secret(key) })).toThrow(
        expect.objectContaining({ code: "invalid-config", message: expect.stringContaining("signing.key") }),
      );
  });
});
