import { once } from "node:events";
import { readFile } from "node:fs/promises";
import ssh2, { type Client, type SFTPWrapper } from "ssh2";
import { onTestFinished } from "vitest";
import { type Ran, runProgram } from "./run-program.ts";

/** What the clients need to know of a host. */
export type Reachable = { port: number; user: string; privateKeyFile: string; knownHostsFile: string };

// The options of OpenSSH's clients: this host's key and known_hosts alone, no question asked.
function opensshOptions(host: Reachable): string[] {
  const options = [
    "BatchMode=yes",
    "IdentitiesOnly=yes",
    "StrictHostKeyChecking=yes",
    `UserKnownHostsFile=${host.knownHostsFile}`,
    "GlobalKnownHostsFile=/dev/null",
    `IdentityFile=${host.privateKeyFile}`,
    `Port=${host.port}`,
  ];
  return ["-F", "none", "-q", ...options.flatMap((option) => ["-o", option])];
}

/** Runs a command on the host with OpenSSH's client. */
export async function runSsh(host: Reachable, command: string, input: string | Buffer = ""): Promise<Ran> {
  return await runProgram("ssh", [...opensshOptions(host), `${host.user}@127.0.0.1`, command], input);
}

/** Runs a batch of OpenSSH's sftp. */
export async function runSftp(host: Reachable, batch: readonly string[]): Promise<Ran> {
  const args = [...opensshOptions(host), "-b", "-", `${host.user}@127.0.0.1`];
  return await runProgram("sftp", args, `${batch.join("\n")}\n`);
}

/** Logs in with the ssh2 library; the connection ends after the test. */
export async function connectSsh2(host: Reachable): Promise<Client> {
  const client = new ssh2.Client();
  onTestFinished(() => void client.destroy());
  // Breaking off is what many of these tests are about; who waits for it listens to "close".
  client.on("error", () => client.destroy());
  client.connect({
    host: "127.0.0.1",
    port: host.port,
    username: host.user,
    privateKey: await readFile(host.privateKeyFile),
  });
  await once(client, "ready");
  client.setNoDelay(true);
  return client;
}

/** Calls a function that ends in a Node callback, and gives what it found. */
export async function ask<T>(
  start: (done: (error: Error | null | undefined, found: T) => void) => void,
): Promise<T> {
  return await new Promise((resolve, reject) =>
    start((error, found) => (error === null || error === undefined ? resolve(found) : reject(error))),
  );
}

/** The same for what only succeeds or fails. */
export async function call(
  start: (done: (error?: Error | null, found?: unknown) => void) => void,
): Promise<void> {
  await ask<unknown>((done) => start((error, found) => done(error, found)));
}

/** Opens an SFTP session with the ssh2 library. */
export async function connectSftp(host: Reachable): Promise<SFTPWrapper> {
  const client = await connectSsh2(host);
  return await ask<SFTPWrapper>((done) => client.sftp(done));
}

/** Resolves when the connection is closed, whatever the reason. */
export async function untilClosed(client: Client): Promise<void> {
  await new Promise<void>((resolve) => client.once("close", resolve));
}
