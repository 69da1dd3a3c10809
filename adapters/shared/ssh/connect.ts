import { PublishError } from "../../../engine/errors/publish-error.ts";
import { reveal } from "../../../engine/model/secret.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import { checkCancelled } from "./check-cancelled.ts";
import { createHostKeyJudge } from "./host-key.ts";
import { readConfiguredFile } from "./read-configured-file.ts";
import { createSshLink, type SshLink } from "./ssh-link.ts";
import type { SshHostOptions } from "./ssh-options.ts";

/** How far a connection came: TCP, then the host key, then the login. */
export type ConnectStep = "reachable" | "host key" | "login";

const keepalivesMax = 3;

/**
 * Connects and logs in. The host key must be in the known_hosts file. Throws `invalid-config` for files
 * that cannot be read, `unauthorized` for a refused login or host key, `unavailable` when nobody answers,
 * `cancelled`. `onStep` is called for each step that went well.
 */
export async function connectSsh(
  options: SshHostOptions,
  context: Pick<CallContext, "signal">,
  onStep: (step: ConnectStep) => void = () => undefined,
): Promise<SshLink> {
  const label = `${options.user}@${options.host}:${options.port}`;
  const judge = await createHostKeyJudge(options.knownHosts, options.host, options.port);
  const privateKey = await readPrivateKey(options);
  checkCancelled(context.signal, `connecting to ${label}`);
  const link = createSshLink(label, options.idleTimeoutMs);
  const { client } = link;
  const giveUp = () => link.close();
  context.signal.addEventListener("abort", giveUp, { once: true });
  try {
    await link.request<void>("logging in", (settle) => {
      client.on("connect", () => onStep("reachable"));
      client.once("handshake", () => onStep("host key"));
      client.on("ready", () => settle(undefined));
      client.connect({
        host: options.host,
        port: options.port,
        username: options.user,
        privateKey,
        ...(options.passphrase === undefined ? {} : { passphrase: reveal(options.passphrase) }),
        algorithms: { serverHostKey: judge.algorithms },
        hostVerifier: (key: Buffer) => {
          try {
            judge.check(key);
            return true;
          } catch (error) {
            link.fail(error);
            return false;
          }
        },
        authHandler: ["publickey"],
        readyTimeout: options.idleTimeoutMs,
        keepaliveInterval: Math.ceil(options.idleTimeoutMs / (keepalivesMax + 1)),
        keepaliveCountMax: keepalivesMax,
      });
    });
  } catch (error) {
    link.close();
    checkCancelled(context.signal, `connecting to ${label}`);
    throw error;
  } finally {
    context.signal.removeEventListener("abort", giveUp);
  }
  onStep("login");
  // With Nagle's algorithm on, a window of small requests waits for an acknowledgement each time.
  client.setNoDelay(true);
  return link;
}

async function readPrivateKey(options: SshHostOptions): Promise<Buffer | string> {
  if (options.key !== undefined) return reveal(options.key);
  const file = options.privateKey;
  if (file === undefined) throw new PublishError("invalid-config", "no private key is configured");
  return await readConfiguredFile("private key", file);
}
