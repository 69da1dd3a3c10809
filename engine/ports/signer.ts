import type { CallContext } from "./context.ts";

/** Signs for consumers, who hold the public half of its key. */
export interface Signer {
  /** Of the public half, as `ssh-keygen -l` prints it: "SHA256:…". */
  readonly keyFingerprint: string;
  /**
   * An armoured SSH signature of a message in the namespace `ocw-mirror`, which `ssh-keygen -Y verify` takes.
   */
  sign(message: AsyncIterable<Uint8Array>, context: CallContext): Promise<Uint8Array>;
}
