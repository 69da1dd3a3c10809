import { createHmac, timingSafeEqual } from "node:crypto";
import { PublishError } from "../../../engine/errors/publish-error.ts";

/** One line of a known_hosts file. */
export interface KnownHost {
  readonly marker: "none" | "revoked" | "cert-authority";
  /** The first field as it stands: patterns separated by commas, or one hashed name. */
  readonly hosts: string;
  readonly keyType: string;
  readonly key: Buffer;
  readonly line: number;
}

/** What a known_hosts file says of a key that a host showed. */
export type HostKeyVerdict = "trusted" | "revoked" | "changed" | "unknown";

const sizeCharsMax = 16 * 1024 * 1024;
const fieldPatterns = [/^[^@]/, /^[a-z]/, /^[A-Za-z0-9+/]+={0,2}$/];

/**
 * Reads the text of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). A line that cannot be
 * understood is an `invalid-config` error and not skipped, since it might have been a revocation.
 */
export function parseKnownHosts(text: string, file: string): readonly KnownHost[] {
  if (text.length > sizeCharsMax)
    throw new PublishError("invalid-config", `${file} is too large for a known_hosts file`);
  return text.split("\n").flatMap((raw, index) => {
    const line = raw.trim();
    return line === "" || line.startsWith("#") ? [] : [parseLine(line, index + 1, file)];
  });
}

/** The name under which known_hosts lists a host: with the port in brackets unless it is 22. */
export function knownHostName(host: string, port: number): string {
  const lower = host.toLowerCase();
  return port === 22 ? lower : `[${lower}]:${port}`;
}

/** The lines that speak of a host; `name` as `knownHostName` gives it. */
export function linesFor(known: readonly KnownHost[], name: string): readonly KnownHost[] {
  return known.filter((line) => matchesHosts(line.hosts, name));
}

/**
 * Judges the key that a host showed. A revoked line wins over a trusting one. A key that is not listed is
 * `changed` as soon as any other key of that host is listed. Certificate authorities are not used: their
 * lines trust nothing.
 */
export function judgeHostKey(known: readonly KnownHost[], name: string, key: Buffer): HostKeyVerdict {
  const lines = linesFor(known, name);
  if (lines.some((line) => line.marker === "revoked" && line.key.equals(key))) return "revoked";
  const trusting = lines.filter((line) => line.marker === "none");
  if (trusting.some((line) => line.key.equals(key))) return "trusted";
  return trusting.length > 0 ? "changed" : "unknown";
}

function parseLine(line: string, number: number, file: string): KnownHost {
  const [, marker, rest = ""] = /^(?:@(revoked|cert-authority)[ \t]+)?(.*)$/.exec(line) ?? [];
  const fields = rest.split(/[ \t]+/);
  const [hosts, keyType, key] = fields;
  const isWhole = fieldPatterns.every((pattern, index) => pattern.test(fields[index] ?? ""));
  if (!isWhole || hosts === undefined || keyType === undefined || key === undefined)
    throw new PublishError("invalid-config", `${file}:${number} is no known_hosts line: mend or remove it`);
  return {
    marker: marker === "revoked" || marker === "cert-authority" ? marker : "none",
    hosts,
    keyType,
    key: Buffer.from(key, "base64"),
    line: number,
  };
}

function matchesHosts(hosts: string, name: string): boolean {
  if (hosts.startsWith("|")) return matchesHash(hosts, name);
  const patterns = hosts.toLowerCase().split(",");
  const isRefused = patterns.some(
    (pattern) => pattern.startsWith("!") && matchesGlob(pattern.slice(1), name),
  );
  return !isRefused && patterns.some((pattern) => !pattern.startsWith("!") && matchesGlob(pattern, name));
}

// "|1|salt|hash", both in base64: the HMAC-SHA1 of the name, keyed with the salt.
function matchesHash(hashed: string, name: string): boolean {
  const [, version, salt, hash] = hashed.split("|");
  if (version !== "1" || salt === undefined || hash === undefined) return false;
  const wanted = Buffer.from(hash, "base64");
  const found = createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest();
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}

// Goes back to the last star only, so a hostile pattern costs no more than its length times the name's.
function matchesGlob(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let retryFrom = 0;
  for (let index = 0; index < name.length; ) {
    if (pattern[at] === "*") {
      star = at++;
      retryFrom = index;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === name[index])) {
      at++;
      index++;
    } else if (star !== -1) {
      at = star + 1;
      index = ++retryFrom;
    } else {
      return false;
    }
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}
