import { open } from "node:fs/promises";
import { isAbsolute, join } from "node:path";

/** Where references may lead. */
export interface ReferenceSources {
  /**
   * Its CREDENTIALS_DIRECTORY is where `credential:` names are files, as systemd's LoadCredential= lays them
   * out.
   */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What a reference led to: a text that is never empty, or why it led nowhere. */
export type Referred = { readonly text: string } | { readonly fault: string };

const referredBytesMax = 65_536;
const form = /^(env|file|credential):(.*)$/s;

/** True for `env:NAME`, `file:/path` and `credential:name`. */
export function isReference(text: string): boolean {
  return form.test(text);
}

/**
 * Follows a reference. One line feed at the end is left out, as editors and `echo` add it. A fault names the
 * reference, never what stands behind it. Credentials: https://systemd.io/CREDENTIALS/
 */
export async function followReference(reference: string, sources: ReferenceSources): Promise<Referred> {
  const [, scheme = "", target = ""] = form.exec(reference) ?? [];
  if (scheme === "env") return followVariable(target, sources.env);
  if (scheme === "file") {
    if (!isAbsolute(target)) return { fault: `expected file: with an absolute path, found ${reference}` };
    return readReferred(target, reference);
  }
  if (!/^[\w.-]+$/.test(target) || target.startsWith("."))
    return { fault: "expected credential: with the name of a credential" };
  const directory = sources.env.CREDENTIALS_DIRECTORY;
  if (directory === undefined)
    return {
      fault: `${reference} cannot be read: $CREDENTIALS_DIRECTORY is not set (start the engine by systemd)`,
    };
  return readReferred(join(directory, target), reference);
}

function followVariable(name: string, env: ReferenceSources["env"]): Referred {
  if (!/^[A-Za-z_]\w*$/.test(name)) return { fault: "expected env: with the name of a variable" };
  const text = Object.hasOwn(env, name) ? env[name] : undefined;
  if (text === undefined) return { fault: `the environment variable ${name} is not set` };
  return checkText(text, `the environment variable ${name}`);
}

async function readReferred(path: string, reference: string): Promise<Referred> {
  let bytes: Buffer;
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(referredBytesMax + 1));
    bytes = buffer.subarray(0, bytesRead);
  } catch (thrown) {
    const why = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "unknown reason";
    return { fault: `${reference} cannot be read (${why})` };
  }
  if (bytes.length > referredBytesMax)
    return { fault: `${reference} is longer than ${referredBytesMax} bytes` };
  return checkText(bytes.toString("utf8"), reference);
}

function checkText(raw: string, what: string): Referred {
  const text = raw.replace(/\r?\n$/, "");
  if (text === "") return { fault: `${what} is empty` };
  if (text.includes("\0") || text.includes("\ufffd")) return { fault: `${what} is not text` };
  return { text };
}
