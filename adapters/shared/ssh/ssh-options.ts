import { z } from "zod";
import { secretSchema } from "../../../engine/model/secret.ts";

// A path or name that is spliced into messages and remote paths: no control character may hide in it.
const isPlain = (text: string) => !/\p{Cc}/u.test(text);

/** An absolute path at the remote host, without a slash at its end and without "." or ".." in it. */
export const remotePathSchema = z
  .string()
  .refine(isPlain, "must not hold control characters")
  .regex(/^(\/[^/]+)+$/, "must be an absolute path without a slash at its end")
  .refine((path) => !/\/\.{1,2}(\/|$)/.test(path), 'must not hold "." or ".."');

const modeSchema = z
  .union([z.int().min(0).max(0o7777), z.string().regex(/^0?[0-7]{3,4}$/)])
  .transform((mode) => (typeof mode === "string" ? Number.parseInt(mode, 8) : mode));

/** The options of every destination that is reached by SSH. */
export const sshHostShape = {
  host: z
    .string()
    .regex(/^[A-Za-z0-9._:-]+$/, "must be a host name or an address")
    .describe("Host name or address of the SSH server."),
  port: z.int().min(1).max(65535).default(22).describe("Port of the SSH server."),
  user: z.string().min(1).refine(isPlain, "must not hold control characters").describe("User to log in as."),
  privateKey: z.string().min(1).optional().describe("Path of the private key file; give this or `key`."),
  key: secretSchema.optional().describe("The private key itself, as a secret; give this or `privateKey`."),
  passphrase: secretSchema.optional().describe("Passphrase of the private key, if it is encrypted."),
  knownHosts: z
    .string()
    .min(1)
    .describe("Path of the known_hosts file. A host key that it does not list is never accepted."),
  idleTimeoutMs: z
    .int()
    .min(100)
    .max(600_000)
    .default(60_000)
    .describe("Milliseconds without any answer after which the host is left."),
  concurrency: z
    .int()
    .min(1)
    .max(256)
    .default(32)
    .describe("Files in flight at the same time; 1 for servers that take one request at a time."),
};

/** The options of rights, where the server lets them be set. */
export const sshRightsShape = {
  fileMode: modeSchema.default(0o644).describe('Rights of published files, as "0644".'),
  directoryMode: modeSchema.default(0o755).describe('Rights of folders that are created, as "0755".'),
  group: z.int().min(0).optional().describe("Number of the group that published files and folders get."),
};

/** True if exactly one of the two ways to give a key was used. */
export function hasOneKey(options: { readonly privateKey?: unknown; readonly key?: unknown }): boolean {
  return (options.privateKey === undefined) !== (options.key === undefined);
}

/** What to say when `hasOneKey` is false. */
export const oneKeyAdvice = {
  message: "give either privateKey (a path) or key (a secret)",
  path: ["privateKey"],
};

/** The options that reach an SSH host, as they come out of `sshHostShape`. */
export type SshHostOptions = z.output<z.ZodObject<typeof sshHostShape>>;

type SshRightsOptions = z.output<z.ZodObject<typeof sshRightsShape>>;

/** All that deliveries need to know of a destination, however it is reached. */
export interface TreeSettings extends SshRightsOptions, Pick<SshHostOptions, "concurrency"> {
  /** The folder in which it stands; it must be there. */
  readonly root: string;
  /** The holding folder, on the root's file system. */
  readonly holding: string;
  /** False where the server can set neither rights nor times. */
  readonly setsAttributes: boolean;
  /** False where no shell is to be looked for. */
  readonly usesShell: boolean;
}

/** All that there is to know of a destination that is reached by SSH. */
export interface SshSettings extends SshHostOptions, TreeSettings {}
