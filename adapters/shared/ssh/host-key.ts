import { createHash } from "node:crypto";
import type { ServerHostKeyAlgorithm } from "ssh2";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { judgeHostKey, type KnownHost, knownHostName, linesFor, parseKnownHosts } from "./known-hosts.ts";
import { readConfiguredFile } from "./read-configured-file.ts";

/** Decides about the key of one host. */
export interface HostKeyJudge {
  /**
   * Key algorithms to ask for, those of the listed keys first, or a host with several keys would look
   * changed.
   */
  readonly algorithms: ServerHostKeyAlgorithm[];
  /** Throws `unauthorized` unless the key is listed for this host and not revoked. */
  check(key: Buffer): void;
}

const algorithmsMax: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
  "ssh-rsa",
];

/**
 * Reads the known_hosts file and makes the judge of one host. Throws `invalid-config` if it cannot be read.
 */
export async function createHostKeyJudge(file: string, host: string, port: number): Promise<HostKeyJudge> {
  const known = parseKnownHosts((await readConfiguredFile("known_hosts file", file)).toString("utf8"), file);
  const name = knownHostName(host, port);
  const lines = linesFor(known, name).filter((line) => line.marker === "none");
  const types = new Set(lines.map((line) => line.keyType));
  const isListed = (algorithm: string) =>
    types.has(algorithm) || (algorithm.startsWith("rsa-") && types.has("ssh-rsa"));
  return {
    algorithms: [
      ...algorithmsMax.filter(isListed),
      ...algorithmsMax.filter((algorithm) => !isListed(algorithm)),
    ],
    check(key) {
      const verdict = judgeHostKey(known, name, key);
      if (verdict === "trusted") return;
      const describe = { revoked: describeRevoked, changed: describeChanged, unknown: describeUnknown };
      throw new PublishError("unauthorized", describe[verdict]({ name, key, file, lines }));
    },
  };
}

/**
 * A key as people compare it: the SHA-256 of its blob in base64 without padding, as ssh-keygen -l prints
 * it.
 */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

interface Shown {
  readonly name: string;
  readonly key: Buffer;
  readonly file: string;
  /** The lines that list keys of this host. */
  readonly lines: readonly KnownHost[];
}

// A key blob begins with its type as a string (RFC 4253, section 6.6).
function typeOf(key: Buffer): string {
  if (key.length < 4) return "unknown";
  return key.toString("latin1", 4, 4 + Math.min(key.readUInt32BE(0), 64)).replace(/[^\w@.-]/g, "?");
}

function describeUnknown({ name, key, file }: Shown): string {
  return (
    `host key of ${name} is unknown: it showed ${typeOf(key)} ${fingerprintOf(key)}. ` +
    `If its administrator confirms that fingerprint, add this line to ${file}: ` +
    `${name} ${typeOf(key)} ${key.toString("base64")}`
  );
}

function describeChanged({ name, key, file, lines }: Shown): string {
  const listed = lines.map((line) => `${line.keyType} ${fingerprintOf(line.key)} (line ${line.line})`);
  return (
    `host key of ${name} HAS CHANGED: it showed ${typeOf(key)} ${fingerprintOf(key)}, but ${file} lists ` +
    `${listed.slice(0, 4).join(", ")}. Somebody may be answering in its place, or it was set up anew: ` +
    `nothing was sent. Ask its administrator, and change those lines only after the fingerprint is confirmed`
  );
}

function describeRevoked({ name, key, file }: Shown): string {
  const shown = `${typeOf(key)} ${fingerprintOf(key)}`;
  return `host key of ${name} is revoked in ${file}: ${shown}. Do not use this host`;
}
