import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import ssh2 from "ssh2";

const ATTEMPTS_MAX = 10;

type KeyPair = { private: string; public: string };

const generateRsaKeyPair = promisify((bits: number, done: (error: Error | null, keys: KeyPair) => void) =>
  ssh2.utils.generateKeyPair("rsa", { bits }, done),
);

function isSound(keys: KeyPair): boolean {
  const [secret, shown] = [ssh2.utils.parseKey(keys.private), ssh2.utils.parseKey(keys.public)];
  if (secret instanceof Error || shown instanceof Error) return false;
  const text = Buffer.from("sound");
  const signature = secret.sign(text);
  return !(signature instanceof Error) && shown.verify(text, signature) === true;
}

// About one ed25519 key in 400 that ssh2 1.17.0 generates is malformed, so each is tried before it is used.
async function generateSound(generate: () => KeyPair | Promise<KeyPair>): Promise<KeyPair> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const keys = await generate();
    if (isSound(keys)) return keys;
  }
  throw new Error("no sound SSH key could be generated");
}

/** The keys of one SSH host of the world, as OpenSSH's own file formats, and the files that hold them. */
export type SshKeys = {
  hostPrivateKey: string;
  hostPublicKey: string;
  hostKeyFile: string;
  clientPublicKey: string;
  privateKeyFile: string;
  authorizedKeysFile: string;
};

/**
 * Generates a host key (ed25519) and a client key, and writes them into `dir`. NetStorage documents RSA
 * 2048 for its clients; every other host of the world takes ed25519.
 */
export async function createSshKeys(dir: string, clientKeyType: "ed25519" | "rsa"): Promise<SshKeys> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const generateEd25519 = () => ssh2.utils.generateKeyPairSync("ed25519");
  const host = await generateSound(generateEd25519);
  const client = await generateSound(
    clientKeyType === "rsa" ? () => generateRsaKeyPair(2048) : generateEd25519,
  );
  const files = {
    hostKeyFile: path.join(dir, "host_key"),
    privateKeyFile: path.join(dir, "client_key"),
    authorizedKeysFile: path.join(dir, "authorized_keys"),
  };
  await writeFile(files.hostKeyFile, host.private, { mode: 0o600 });
  await writeFile(files.privateKeyFile, client.private, { mode: 0o600 });
  await writeFile(files.authorizedKeysFile, `${client.public}\n`, { mode: 0o600 });
  return {
    ...files,
    hostPrivateKey: host.private,
    hostPublicKey: host.public.trim(),
    clientPublicKey: client.public.trim(),
  };
}

/** Writes the known_hosts file that trusts this host on this port alone; its line is returned too. */
export async function writeKnownHosts(dir: string, keys: SshKeys, port: number) {
  const [type, blob] = keys.hostPublicKey.split(" ");
  const hostKeyLine = `[127.0.0.1]:${port} ${type} ${blob}`;
  const knownHostsFile = path.join(dir, "known_hosts");
  await writeFile(knownHostsFile, `${hostKeyLine}\n`);
  return { hostKeyLine, knownHostsFile };
}
