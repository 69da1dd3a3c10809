import type { ClientChannel } from "ssh2";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { type Digest, parseDigest } from "../../../engine/model/digest.ts";
import type { SshLink } from "./ssh-link.ts";

/** What a host's shell can do, where there is one that sees the same files as SFTP does. */
export interface RemoteShell {
  /** GNU xargs and sha256sum, which take and give names ended by NUL: no name can be misread. */
  readonly sha256sum: boolean;
  /** GNU cp, which copies a tree as hard links. */
  readonly hardLinkCopy: boolean;
  /** Digests of remote files. A file that cannot be read is not in the answer. */
  digests(files: readonly string[]): Promise<ReadonlyMap<string, Digest>>;
  /** Copies a tree as hard links; `to` must not exist. */
  copyAsLinks(from: string, to: string): Promise<void>;
  removeTree(folder: string): Promise<void>;
}

interface Ended {
  /** Absent when a signal ended the command, or the server does not tell. */
  readonly exitCode: number | undefined;
  readonly output: Buffer;
  readonly complaint: string;
}

const outputBytesMax = 16 * 1024 * 1024;
const complaintCharsMax = 500;

// The root comes by standard input, so no name is ever part of a command here. The answers are words of our
// own: a forced command or a restricted shell that answers something else counts as no shell.
const questions = `sh -c 'IFS= read -r root; cd -- "$root" || exit 1
printf "ocw-engine-root %s\\n" "$(pwd -P)"
printf "/dev/null\\0" | xargs -0 -r sha256sum -z -- 2>/dev/null | grep -q e3b0c44298fc1c149afbf4c8996fb924 &&
printf "ocw-engine-sha256sum\\n"
cp --version 2>/dev/null | grep -q GNU && printf "ocw-engine-cp\\n"
exit 0'`;

/** Finds out whether there is a usable shell; `realRoot` is what SFTP's realpath says of the root. */
export async function findRemoteShell(link: SshLink, realRoot: string): Promise<RemoteShell | undefined> {
  let answer: Ended;
  try {
    answer = await run(link, questions, `${realRoot}\n`);
  } catch (error) {
    // Refused by a server that runs no commands, or that allows one channel only.
    const isRefusal =
      error instanceof PublishError && /Unable to exec|Channel open failure/.test(error.message);
    if (isRefusal) return undefined;
    throw error;
  }
  const lines = answer.output.toString("utf8").split("\n");
  // A shell with another root folder than SFTP has would look at other files.
  if (!lines.includes(`ocw-engine-root ${realRoot}`)) return undefined;
  return {
    sha256sum: lines.includes("ocw-engine-sha256sum"),
    hardLinkCopy: lines.includes("ocw-engine-cp"),
    async digests(files) {
      // Exit codes other than 0 mean that some file could not be read, which the missing digest says.
      const { output } = await run(
        link,
        "xargs -0 -r sha256sum -z --",
        files.map((file) => `${file}\0`).join(""),
      );
      return readDigests(output);
    },
    copyAsLinks: (from, to) => runOrThrow(link, `cp -alT -- ${quote(from)} ${quote(to)}`),
    removeTree: (folder) => runOrThrow(link, `rm -rf -- ${quote(folder)}`),
  };
}

/**
 * A text as one word of a POSIX shell's command, whatever it holds (POSIX, Shell Command Language, 2.2.2).
 */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function readDigests(output: Buffer): ReadonlyMap<string, Digest> {
  // What follows the last NUL is empty, or was broken off.
  const records = output.toString("utf8").split("\0").slice(0, -1);
  return new Map(records.map((record) => [record.slice(66), parseDigest(record.slice(0, 64))]));
}

// With a million files a command is silent for longer than a host may be: a line a while says that it goes
// on.
const pulsing = `sh -c '(while sleep 5 >/dev/null; do echo; done) 2>/dev/null & pulse=$!
"$@"; code=$?; kill $pulse; exit $code' sh`;

async function runOrThrow(link: SshLink, command: string): Promise<void> {
  const { exitCode, complaint } = await run(link, `${pulsing} ${command}`, "");
  if (exitCode === 0) return;
  if (exitCode === undefined)
    throw new PublishError(
      "unavailable",
      `a command at ${link.label} was broken off: ${command.slice(0, 200)}`,
    );
  const isFull = complaint.includes("No space left on device");
  throw new PublishError(
    isFull ? "unavailable" : "refused",
    `${isFull ? "disk full" : "a command failed"} at ${link.label}: ` +
      `${command.slice(0, 200)}: ${complaint.trim()}`,
  );
}

async function run(link: SshLink, command: string, input: string): Promise<Ended> {
  return await link.request<Ended>("running a command", (settle) => {
    link.client.exec(command, (error, channel) => {
      if (error) settle(error);
      else collect(link, channel, input, settle);
    });
  });
}

function collect(
  link: SshLink,
  channel: ClientChannel,
  input: string,
  settle: (error: unknown, ended?: Ended) => void,
): void {
  const output: Buffer[] = [];
  let outputBytes = 0;
  let complaint = "";
  let exitCode: number | undefined;
  channel.on("data", (bytes: Buffer) => {
    link.touch();
    outputBytes += bytes.length;
    if (outputBytes > outputBytesMax)
      settle(new PublishError("refused", `${link.label} answered without end`));
    else output.push(bytes);
  });
  channel.stderr.on("data", (bytes: Buffer) => {
    complaint = (complaint + bytes.toString("utf8")).slice(0, complaintCharsMax);
  });
  channel.on("exit", (code: number | null) => {
    exitCode = code ?? undefined;
  });
  channel.on("error", settle);
  channel.on("close", () => settle(undefined, { exitCode, output: Buffer.concat(output), complaint }));
  channel.end(input);
}
