import { type Connection, refuseLoss } from "./connection.ts";

/** Watches over works in many batched writes, so that none is completed of which a part was lost. */
export interface DraftGuard {
  begin(id: number): void;
  /** Throws `unavailable` if a write of the draft may have been lost since it began. */
  check(id: number): void;
  end(id: number): void;
}

/** A guard over the drafts of one table; `noun` names them in messages. */
export function draftGuard(connection: Connection, noun: string): DraftGuard {
  const lossesAtBegin = new Map<number, number>();
  return {
    begin: (id) => {
      lossesAtBegin.set(id, connection.losses());
    },
    // A draft of an earlier process stands in the file as that process left it, as of our first moment.
    check: (id) => refuseLoss(connection, lossesAtBegin.get(id) ?? 0, `${noun} ${id}`),
    end: (id) => {
      lossesAtBegin.delete(id);
    },
  };
}
