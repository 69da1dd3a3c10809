import { PublishError } from "../../../engine/errors/publish-error.ts";

/** The connection that a body comes over. */
export interface Flow {
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

/** A body on its way: filled by the connection, read by somebody else. */
export interface IncomingBody {
  push(chunk: Uint8Array): void;
  /** No more will come; with a failure, the body breaks once what has come was read. Later calls are void. */
  end(failure?: Error): void;
  /** What comes, as it comes; may be read once. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Nobody will read the rest: the connection is let go of if there is a rest. */
  leave(): void;
}

// The connection waits when its reader is so far behind.
const aheadBytesMax = 1_048_576;

/** Makes an empty body. */
export function createIncomingBody(flow: Flow): IncomingBody {
  const arrived: Uint8Array[] = [];
  let aheadBytes = 0;
  let isPaused = false;
  let end: { readonly failure?: Error } | undefined;
  let wake: (() => void) | undefined;

  const finish = (failure?: Error): void => {
    end ??= failure === undefined ? {} : { failure };
    wake?.();
  };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = arrived.shift();
      if (chunk !== undefined) {
        aheadBytes -= chunk.byteLength;
        if (isPaused && aheadBytes === 0) {
          isPaused = false;
          flow.resume();
        }
        yield chunk;
      } else if (end !== undefined) {
        if (end.failure !== undefined) throw end.failure;
        return;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }
  return {
    push(chunk) {
      arrived.push(chunk);
      aheadBytes += chunk.byteLength;
      if (aheadBytes >= aheadBytesMax && !isPaused) {
        isPaused = true;
        flow.pause();
      }
      wake?.();
    },
    end: finish,
    chunks: chunks(),
    leave() {
      if (end !== undefined) return;
      const reason = new PublishError("cancelled", "the rest of the body is not wanted");
      finish(reason);
      flow.abort(reason);
    },
  };
}
