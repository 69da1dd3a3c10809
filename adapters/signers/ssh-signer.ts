import { createHash } from "node:crypto";
import ssh2 from "ssh2";
import { PublishError } from "../../engine/errors/publish-error.ts";
import { reveal, type Secret } from "../../engine/model/secret.ts";
import type { Signer } from "../../engine/ports/signer.ts";

const magic = Buffer.from("SSHSIG");
const namespace = "ocw-mirror";
const messageHash = "sha512";
/** The name of the signature that a kind of key gives here, and the hash for it, if not its own. */
const algorithms: Readonly<Record<string, { readonly name: string; readonly hash?: string }>> = {
  "ssh-ed25519": { name: "ssh-ed25519" },
  "ssh-rsa": { name: "rsa-sha2-512", hash: "sha512" },
};

/**
 * Signs as `ssh-keygen -Y sign -n ocw-mirror` does (the file PROTOCOL.sshsig of OpenSSH), but here, so that
 * the key is never on a disk nor in the arguments of a program. Throws `invalid-config` for a key that cannot
 * be read, or is neither ed25519 nor RSA.
 */
export function sshSigner(options: { readonly key: Secret; readonly passphrase?: Secret }): Signer {
  const { key: text, passphrase } = options;
  const key = ssh2.utils.parseKey(reveal(text), ...(passphrase === undefined ? [] : [reveal(passphrase)]));
  if (key instanceof Error || !key.isPrivateKey())
    throw new PublishError("invalid-config", "mirror.signing.key is no private key that can be read");
  const algorithm = algorithms[key.type];
  if (algorithm === undefined)
    throw new PublishError("invalid-config", `mirror.signing.key is ${key.type}: give an ed25519 or RSA key`);
  const keyHash = createHash("sha256").update(key.getPublicSSH()).digest("base64");
  return {
    keyFingerprint: `SHA256:${keyHash.replace(/=+$/, "")}`,
    async sign(message) {
      const hash = createHash(messageHash);
      for await (const chunk of message) hash.update(chunk);
      const context = [field(namespace), field(""), field(messageHash)];
      const signed = key.sign(Buffer.concat([magic, ...context, field(hash.digest())]), algorithm.hash);
      if (signed instanceof Error)
        throw new PublishError("invalid-config", `mirror.signing.key cannot sign: ${signed.message}`);
      const signature = Buffer.concat([field(algorithm.name), field(signed)]);
      const version = Buffer.from([0, 0, 0, 1]);
      return armour([magic, version, field(key.getPublicSSH()), ...context, field(signature)]);
    },
  };
}

/** A string of the SSH protocol (RFC 4251, section 5): its length, then its bytes. */
function field(bytes: Buffer | string): Buffer {
  const body = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

function armour(parts: readonly Buffer[]): Buffer {
  const lines =
    Buffer.concat(parts)
      .toString("base64")
      .match(/.{1,70}/g) ?? [];
  const armoured = ["-----BEGIN SSH SIGNATURE-----", ...lines, "-----END SSH SIGNATURE-----", ""];
  return Buffer.from(armoured.join("\n"));
}
