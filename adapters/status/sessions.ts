import { randomBytes } from "node:crypto";
import { type Digest, digestOf } from "../../engine/model/digest.ts";
import type { Clock } from "../../engine/ports/context.ts";
import type { Caller } from "../../engine/ports/service.ts";

/** How long a person stays signed in. */
export const sessionSeconds = 12 * 3600;
const countMax = 1_000;

/** Who is signed in to the dashboard. Kept in memory only: a restart signs everyone out. */
export interface Sessions {
  /** Opens a session and returns its id, which is not kept: only its digest is. */
  open(caller: Caller): string;
  find(id: string): Caller | undefined;
  close(id: string): void;
}

/** No sessions yet. Beyond a thousand the oldest is closed. */
export function sessions(clock: Clock): Sessions {
  const open = new Map<Digest, { readonly caller: Caller; readonly endsAtMs: number }>();
  return {
    open(caller) {
      const id = randomBytes(32).toString("base64url");
      open.set(digestOf(id), { caller, endsAtMs: clock.now().getTime() + sessionSeconds * 1000 });
      const [oldest] = open.keys();
      if (oldest !== undefined && open.size > countMax) open.delete(oldest);
      return id;
    },
    find(id) {
      const session = open.get(digestOf(id));
      if (session === undefined || session.endsAtMs > clock.now().getTime()) return session?.caller;
      open.delete(digestOf(id));
      return undefined;
    },
    close: (id) => void open.delete(digestOf(id)),
  };
}
