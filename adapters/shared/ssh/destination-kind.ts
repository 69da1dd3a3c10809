import type { CallContext, Check } from "../../../engine/ports/context.ts";
import type { CommitWave, Delivery, DestinationTraits } from "../../../engine/ports/destination.ts";
import type { ConnectStep } from "./connect.ts";
import type { DeliveryPlace } from "./delivery-place.ts";
import type { OpenSession, SshSession } from "./ssh-session.ts";

/** How one kind of destination is reached, and makes visible what was staged. */
export interface DestinationKind {
  readonly commit: DestinationTraits["commit"];
  /** Who is spoken to, for messages. */
  readonly label: string;
  /** The steps that opening takes, in their order, besides finding the root. */
  readonly steps: readonly ConnectStep[];
  /** Throws `not-found` if the root is no folder. */
  open: OpenSession;
  /** What a host must have for it; a delivery is refused where one of these fails. */
  checkHost(session: SshSession): readonly Check[];
  /** Begins a delivery whose claim is taken. */
  begin(session: SshSession, place: Omit<DeliveryPlace, "tree">): Promise<DeliveryTarget>;
}

/** What one delivery changes. */
export interface DeliveryTarget {
  /** What to work on now: after a commit it may be another tree. */
  place(): DeliveryPlace;
  commit(wave: CommitWave, context: CallContext): Promise<void>;
  /** Makes visible what the commits did not. */
  conclude(): Promise<void>;
  /** Removes what the commits made and nobody saw. */
  abandon(): Promise<void>;
  /** As the delivery's. */
  generations?: NonNullable<Delivery["generations"]>;
}
