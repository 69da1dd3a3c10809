import { PublishError } from "../errors/publish-error.ts";
import type { Run } from "../model/run.ts";
import type { CallContext } from "../ports/context.ts";
import type { Delivery, Destination } from "../ports/destination.ts";
import type { EngineParts } from "./engine-parts.ts";

/**
 * The deliveries of one run, opened when first needed, each under a lease whose token fences older ones off.
 */
export interface Sessions {
  /** The open delivery at a destination, or a new one. */
  at(destination: string, context: CallContext): Promise<Delivery>;
  /** Lets go of a delivery that broke or is concluded; the next `at` opens another. */
  drop(destination: string): Promise<void>;
  /** Takes back what waits at a destination, if a delivery is open there: nothing was committed by it. */
  abandon(destination: string, context: CallContext): Promise<void>;
  /** Takes back what waits at every open destination: nothing was committed. */
  abandonAll(context: CallContext): Promise<void>;
  /** Closes everything and frees the leases. */
  close(): Promise<void>;
}

/** Makes the sessions of a run; opens nothing yet. */
export function openSessions(parts: EngineParts, run: Run): Sessions {
  const { leases } = parts.store;
  const deliveries = new Map<string, Delivery>();
  const tokens = new Map<string, number>();
  const leaseKey = (destination: string) => `${destination} ${run.module}`;

  const tokenFor = async (destination: string): Promise<number> => {
    const held = tokens.get(destination);
    if (held !== undefined) return held;
    const token = await leases.acquire(leaseKey(destination), `run ${run.id}`, parts.clock.now());
    if (token === undefined)
      throw new PublishError("conflict", `another run is delivering ${run.module} to ${destination}`);
    tokens.set(destination, token);
    return token;
  };

  const drop = async (name: string): Promise<void> => {
    const open = deliveries.get(name);
    deliveries.delete(name);
    await open?.close();
  };

  return {
    async at(name, context) {
      const open = deliveries.get(name);
      if (open !== undefined) return open;
      const token = await tokenFor(name);
      const claim = { module: run.module, deliveryId: `run-${run.id}`, token };
      const delivery = await destinationNamed(parts, name).open(claim, context);
      deliveries.set(name, delivery);
      return delivery;
    },
    drop,
    async abandon(name, context) {
      await deliveries.get(name)?.abandon(context);
      await drop(name);
    },
    async abandonAll(context) {
      for (const delivery of deliveries.values()) await delivery.abandon(context);
    },
    async close() {
      for (const delivery of deliveries.values()) await delivery.close();
      deliveries.clear();
      for (const [name, token] of tokens) await leases.release(leaseKey(name), token);
      tokens.clear();
    },
  };
}

function destinationNamed(parts: EngineParts, name: string): Destination {
  const destination = parts.destinations.get(name);
  if (destination === undefined)
    throw new PublishError("invalid-config", `no destination is called ${name} in the configuration`);
  return destination;
}
