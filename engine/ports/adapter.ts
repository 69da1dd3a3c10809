import type { z } from "zod";
import type { Clock, Log } from "./context.ts";
import type { Destination } from "./destination.ts";
import type { Egress } from "./egress.ts";
import type { Edge } from "./purger.ts";
import type { Source } from "./source.ts";

/** What the composition root lends an adapter when it makes one. */
export interface AdapterTools {
  /** The name of this instance in the configuration, for messages. */
  readonly name: string;
  readonly egress: Egress;
  readonly clock: Clock;
  readonly log: Log;
}

/** Where a mirror stands, for the servers that its consumers pull from. */
export interface MirrorPlace {
  /** Absent for the engine's own. */
  readonly host?: string;
  readonly root: string;
}

/** One kind of adapter: its name in the configuration, its options (each with a doc line), its factory. */
export interface AdapterDefinition<Port, Options> {
  readonly type: string;
  readonly options: z.ZodType<Options>;
  /**
   * Hosts ("name:port") the egress policy must allow for these options; `private` if their address may be.
   */
  hosts(options: Options): readonly { readonly host: string; readonly allowPrivate: boolean }[];
  /** Of a mirror, where it stands. */
  mirrorPlace?(options: Options): MirrorPlace;
  create(options: Options, tools: AdapterTools): Port;
}

/** An adapter whose options type is sealed in: what the registry holds. */
export interface RegisteredAdapter<Port> {
  readonly type: string;
  readonly options: z.ZodType;
  /** Checks the options and makes the adapter. Throws `invalid-config` naming the field. */
  prepare(options: unknown): {
    readonly hosts: readonly { readonly host: string; readonly allowPrivate: boolean }[];
    readonly mirrorPlace?: MirrorPlace;
    create(tools: AdapterTools): Port;
  };
}

/** Every adapter the program knows, by port. */
export interface AdapterRegistry {
  readonly sources: readonly RegisteredAdapter<Source>[];
  readonly destinations: readonly RegisteredAdapter<Destination>[];
  readonly edges: readonly RegisteredAdapter<Edge>[];
}

/** Seals an adapter's options type in, so that adapters of one port can stand in one list. */
export function defineAdapter<Port, Options>(
  definition: AdapterDefinition<Port, Options>,
): RegisteredAdapter<Port> {
  return {
    type: definition.type,
    options: definition.options,
    prepare(raw) {
      const options = definition.options.parse(raw);
      const mirrorPlace = definition.mirrorPlace?.(options);
      return {
        hosts: definition.hosts(options),
        ...(mirrorPlace === undefined ? {} : { mirrorPlace }),
        create: (tools) => definition.create(options, tools),
      };
    },
  };
}
