import { type ChildProcess, spawn } from "node:child_process";
import net from "node:net";
import ssh2, { type AuthContext, type Connection, type ServerChannel, type Session } from "ssh2";
import { listenOnLoopback } from "./find-free-port.ts";
import { serveSftp } from "./serve-sftp.ts";
import type { SftpRules } from "./sftp-requests.ts";
import type { SshKeys } from "./ssh-keys.ts";

/** An SSH server of this process; its sockets can be cut and held up. */
export type Ssh2Server = {
  port: number;
  connections(): number;
  /** Destroys every open connection. */
  cut(): void;
  /** While held up nothing is read from any connection, old or new. */
  holdUp(held: boolean): void;
  stop(): Promise<void>;
};

function accepts(context: AuthContext, user: string, clientPublicKey: string): boolean {
  if (context.method !== "publickey" || context.username !== user) return false;
  const key = ssh2.utils.parseKey(clientPublicKey);
  if (key instanceof Error) throw key;
  if (!key.getPublicSSH().equals(context.key.data)) return false;
  // Without a signature the client only asks whether this key would do (RFC 4252, section 7).
  if (context.signature === undefined || context.blob === undefined) return true;
  return key.verify(context.blob, context.signature, context.hashAlgo) === true;
}

function runCommand(channel: ServerChannel, command: string, cwd: string): ChildProcess {
  const child = spawn("/bin/sh", ["-c", command], { cwd, stdio: ["pipe", "pipe", "pipe"] });
  channel.pipe(child.stdin);
  child.stdin.on("error", () => channel.unpipe(child.stdin));
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on("close", (code, signal) => {
    if (!channel.writable) return;
    if (signal === null) channel.exit(code ?? 1);
    else channel.exit(signal.replace(/^SIG/, ""));
    channel.end();
  });
  channel.on("close", () => void child.kill("SIGHUP"));
  return child;
}

/**
 * Starts an SSH server that takes one user with one key, serves SFTP by the rules, and runs commands with
 * /bin/sh in `commandFolder`, or refuses them all when that is undefined.
 */
export async function startSsh2Server(options: {
  keys: SshKeys;
  user: string;
  commandFolder: string | undefined;
  sftpRules: Omit<SftpRules, "isOpenSshClient">;
}): Promise<Ssh2Server> {
  const { keys, user, commandFolder, sftpRules } = options;
  const sockets = new Set<net.Socket>();
  const commands = new Set<ChildProcess>();
  const waiting: net.Socket[] = [];
  let isHeldUp = false;

  const openSession = (session: Session, isOpenSshClient: boolean) => {
    session.on("subsystem", (accept, reject, { name }) => {
      if (name !== "sftp") return reject();
      // A session that ends in an error was cut off; what it held open is closed by then.
      void Promise.allSettled([serveSftp(accept(), { ...sftpRules, isOpenSshClient })]);
    });
    session.on("exec", (accept, reject, { command }) => {
      if (commandFolder === undefined) return reject();
      const child = runCommand(accept(), command, commandFolder);
      commands.add(child);
      child.on("close", () => commands.delete(child));
    });
  };
  const openConnection = (connection: Connection, isOpenSshClient: boolean) => {
    connection.on("authentication", (context) => {
      if (accepts(context, user, keys.clientPublicKey)) context.accept();
      else context.reject(["publickey"]);
    });
    connection.on("session", (accept) => openSession(accept(), isOpenSshClient));
    // A client that goes away in the middle is no error of the host.
    connection.on("error", () => connection.end());
  };
  const server = new ssh2.Server({ hostKeys: [keys.hostPrivateKey] }, (connection, { header }) =>
    openConnection(connection, header.identRaw.includes("OpenSSH")),
  );
  const listener = net.createServer((socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    if (isHeldUp) waiting.push(socket);
    else server.injectSocket(socket);
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: await listenOnLoopback(listener),
    connections: () => sockets.size,
    cut,
    holdUp(held) {
      isHeldUp = held;
      for (const socket of sockets) held ? socket.pause() : socket.resume();
      if (!held) for (const socket of waiting.splice(0)) server.injectSocket(socket);
    },
    async stop() {
      cut();
      for (const child of commands) child.kill("SIGKILL");
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
