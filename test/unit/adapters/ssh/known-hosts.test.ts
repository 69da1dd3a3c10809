import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHostKeyJudge, fingerprintOf } from "../../../../adapters/shared/ssh/host-key.ts";
import {
  judgeHostKey,
  knownHostName,
  linesFor,
  parseKnownHosts,
} from "../../../../adapters/shared/ssh/known-hosts.ts";
import { findProgram } from "../../../world/hosts/find-program.ts";

const [first = "", second = ""] = ["ed25519", "ed25519"].map(() =>
  ssh2.utils.generateKeyPairSync("ed25519").public.trim(),
);
const rsa = ssh2.utils.generateKeyPairSync("rsa", { bits: 1024 }).public.trim();
const blobOf = (publicKey: string) => Buffer.from(publicKey.split(" ")[1] ?? "", "base64");

const sshKeygen = findProgram("ssh-keygen") ?? "ssh-keygen is not installed";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "known-hosts-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(lines: readonly string[]): Promise<string> {
  const file = path.join(folder, "known_hosts");
  await writeFile(file, `${lines.join("\n")}\n`);
  return file;
}

/** Whether OpenSSH's own tool finds a host in a file. */
function sshKeygenFinds(file: string, name: string): boolean {
  const { stdout } = spawnSync(sshKeygen, ["-F", name, "-f", file], { encoding: "utf8" });
  return stdout.includes("found: line");
}

function judge(lines: readonly string[], name: string, key = first) {
  return judgeHostKey(parseKnownHosts(lines.join("\n"), "known_hosts"), name, blobOf(key));
}

describe("known_hosts", () => {
  const patterns = [
    "www.example.edu",
    "*.example.edu",
    "w?w.example.edu",
    "*",
    "*.example.edu,!www.example.edu",
    "!www.example.edu",
    "!*.org,WWW.Example.EDU",
    "[www.example.edu]:2222",
    "[*.example.edu]:22*",
    "10.0.0.?,10.1.*",
    "a*b*c*.edu",
    "",
  ].filter((pattern) => pattern !== "");
  const hosts = [
    ["www.example.edu", 22],
    ["WWW.example.edu", 22],
    ["www.example.edu", 2222],
    ["example.edu", 22],
    ["10.0.0.7", 22],
    ["10.1.22.33", 22],
    ["aXbYcZ.edu", 22],
  ] as const;

  it("matches names as ssh-keygen -F does", async () => {
    let found = 0;
    for (const pattern of patterns) {
      const file = await write([`${pattern} ${first}`]);
      for (const [host, port] of hosts) {
        const name = knownHostName(host, port);
        const ours = linesFor(parseKnownHosts(await readFile(file, "utf8"), file), name).length > 0;
        expect([pattern, name, ours]).toEqual([pattern, name, sshKeygenFinds(file, name)]);
        if (ours) found += 1;
      }
    }
    expect(found).toBeGreaterThan(10);
  });

  it("finds names that ssh-keygen -H hashed", async () => {
    const file = await write([`www.example.edu ${first}`, `[www.example.edu]:2222 ${second}`]);
    expect(spawnSync(sshKeygen, ["-H", "-f", file]).status).toBe(0);
    const lines = (await readFile(file, "utf8")).split("\n");
    expect(lines[0]).toMatch(/^\|1\|/);
    expect(judge(lines, "www.example.edu")).toBe("trusted");
    expect(judge(lines, "www.example.edu", second)).toBe("changed");
    expect(judge(lines, "[www.example.edu]:2222", second)).toBe("trusted");
    expect(judge(lines, "other.example.edu")).toBe("unknown");
  });

  it("promise 12: trusts only a listed key that nothing revokes", () => {
    const listed = `www.example.edu ${first} a comment`;
    expect(judge([listed], "www.example.edu")).toBe("trusted");
    expect(judge(["# a comment", "", listed, `www.example.edu ${second}`], "www.example.edu", second)).toBe(
      "trusted",
    );
    expect(judge([listed], "www.example.edu", rsa)).toBe("changed");
    expect(judge([listed, `@revoked * ${first}`], "www.example.edu")).toBe("revoked");
    expect(judge([`@revoked * ${second}`, listed], "www.example.edu")).toBe("trusted");
    expect(judge([`@cert-authority *.example.edu ${first}`], "www.example.edu")).toBe("unknown");
    expect(judge([listed], "evil.example.edu")).toBe("unknown");
    expect(judge([listed], "[www.example.edu]:2222")).toBe("unknown");
  });

  it("refuses a file with a line it does not understand, since it may revoke a key", () => {
    for (const line of [`@revoke * ${first}`, "www.example.edu", "@revoked", "* ssh-ed25519 %%%"])
      expect(() => parseKnownHosts(`\n${line}\n`, "known_hosts")).toThrow(/known_hosts:2/);
  });

  it("matches any pattern quickly, and a name by itself", () => {
    const name = fc.stringMatching(/^[a-z0-9.-]{1,40}$/);
    fc.assert(
      fc.property(name, (host) => {
        expect(judge([`${host} ${first}`], host)).toBe("trusted");
        expect(judge([`*${host.slice(1)} ${first}`], host)).toBe("trusted");
        expect(judge([`*,!${host} ${first}`], host)).toBe("unknown");
      }),
    );
    expect(judge([`${"*a".repeat(500)}b ${first}`], "a".repeat(5000))).toBe("unknown");
  });
});

describe("the judge of a host key", () => {
  it("asks for the listed types first", async () => {
    const file = await write([`www.example.edu ${rsa}`, `www.example.edu ${first}`]);
    const { algorithms } = await createHostKeyJudge(file, "www.example.edu", 22);
    expect(algorithms.slice(0, 4)).toEqual(["ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"]);
    expect(algorithms).toContain("ecdsa-sha2-nistp256");
  });

  it("gives the line that would trust an unknown key, and a fingerprint as ssh-keygen does", async () => {
    const file = await write([]);
    const { check } = await createHostKeyJudge(file, "www.example.edu", 2222);
    expect(() => check(blobOf(first))).toThrow(
      `add this line to ${file}: [www.example.edu]:2222 ${first.split(" ").slice(0, 2).join(" ")}`,
    );
    await write([`[www.example.edu]:2222 ${first}`]);
    (await createHostKeyJudge(file, "www.example.edu", 2222)).check(blobOf(first));
    const { stdout } = spawnSync(sshKeygen, ["-l", "-f", file], { encoding: "utf8" });
    expect(stdout).toContain(fingerprintOf(blobOf(first)));
  });

  it("warns loudly of a changed key, and of a revoked one", async () => {
    const file = await write([`www.example.edu ${first}`, `@revoked * ${rsa}`]);
    const { check } = await createHostKeyJudge(file, "www.example.edu", 22);
    expect(() => check(blobOf(second))).toThrow(/HAS CHANGED.*line 1/);
    expect(() => check(blobOf(second))).toThrow(fingerprintOf(blobOf(second)));
    expect(() => check(blobOf(rsa))).toThrow(/revoked/);
    expect(() => check(Buffer.from("xx"))).toThrow(/HAS CHANGED/);
  });

  it("fails closed when the file is missing", async () => {
    await expect(createHostKeyJudge(path.join(folder, "none"), "www.example.edu", 22)).rejects.toMatchObject({
      code: "invalid-config",
      message: expect.stringContaining("none"),
    });
  });
});
