import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import type { Egress } from "../../../engine/ports/egress.ts";

/**
 * Resolves a name as the system does, then has every address judged by the egress policy. The connection is
 * made to the addresses judged here, so a name cannot change its mind in between.
 */
export function guardedLookup(egress: Egress): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      try {
        for (const { address } of addresses) egress.checkAddress(hostname, address);
      } catch (refusal) {
        return callback(refusal instanceof Error ? refusal : new Error(String(refusal)), []);
      }
      const [first] = addresses;
      if (options.all === true || first === undefined) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}
