import type { CallContext } from "./context.ts";

/** Signs for consumers, who hold the public half of its key. */
export interface Signer {
  /**
   * An armoured SSH signature of a message in the namespace `ocw-mirror`, which `ssh-keygen -Y verify` takes.
   */
  sign(message: AsyncIterable<Uint8Array>, context: CallContext): Promise<Uint8Array>;
}
