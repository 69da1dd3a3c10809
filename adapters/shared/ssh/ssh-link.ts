import ssh2, { type Client } from "ssh2";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { toSshError } from "./ssh-error.ts";

/** Ends a request: with an error, or with its value. */
export type Settle<Value> = (error: unknown, value?: Value) => void;

/**
 * A connection on which nothing waits for ever: a request ends with its answer, with the connection, or after
 * `idleTimeoutMs` in which no request got an answer.
 */
export interface SshLink {
  /** "user@host:port", for messages. */
  readonly label: string;
  readonly client: Client;
  /** Runs one request; `doing` says what it does, for messages. Rejects with a PublishError. */
  request<Value>(doing: string, start: (settle: Settle<Value>) => void): Promise<Value>;
  /** Says that something arrived, so that the deadline starts anew. */
  touch(): void;
  /** Ends the connection because of an error, which every request that still waits gets. */
  fail(error: unknown): void;
  /** Ends the connection and every request that still waits. */
  close(): void;
}

/** Makes a client that is about to connect. */
export function createSshLink(label: string, idleTimeoutMs: number): SshLink {
  const client = new ssh2.Client();
  const waiting = new Set<(error: unknown) => void>();
  let ended: unknown;
  let deadline: NodeJS.Timeout | undefined;
  const end = (error: unknown) => {
    ended ??= error;
    for (const reject of [...waiting]) reject(ended);
    client.destroy();
  };
  const leave = (reject: (error: unknown) => void) => {
    waiting.delete(reject);
    if (waiting.size > 0) return void deadline?.refresh();
    clearTimeout(deadline);
    deadline = undefined;
  };
  const expire = () =>
    end(new PublishError("unavailable", `${label} did not answer for ${idleTimeoutMs} ms and was left`));
  client.on("error", end);
  client.on("close", () => end(new PublishError("unavailable", `${label} closed the connection`)));
  return {
    label,
    client,
    request<Value>(doing: string, start: (settle: Settle<Value>) => void): Promise<Value> {
      return new Promise<Value>((resolve, reject) => {
        const fail = (error: unknown) => {
          leave(fail);
          reject(toSshError(error, { label, doing }));
        };
        waiting.add(fail);
        if (ended !== undefined) return fail(ended);
        deadline ??= setTimeout(expire, idleTimeoutMs);
        try {
          start((error, value) => {
            if (error) return fail(error);
            leave(fail);
            // ssh2 calls back without a value exactly where the value is void.
            resolve(value as Value);
          });
        } catch (thrown) {
          fail(thrown);
        }
      });
    },
    fail: end,
    touch: () => void deadline?.refresh(),
    close: () => end(new PublishError("cancelled", `the connection to ${label} was closed`)),
  };
}
