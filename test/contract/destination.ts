import { afterAll, beforeAll, describe } from "vitest";
import type { DestinationHost } from "./destination/bench.ts";
import { testBreaking, testClaiming } from "./destination/claiming.ts";
import { testDelivering, testReading, testRepeating, testReplacing } from "./destination/delivering.ts";
import { testCorruption, testRefusing, testStopping } from "./destination/refusing.ts";

/** What every destination promises. `start` runs a host; each test gets an empty destination on it. */
export function testDestination(name: string, start: () => Promise<DestinationHost>): void {
  describe(name, () => {
    let host: DestinationHost;
    beforeAll(async () => {
      host = await start();
    });
    afterAll(() => host.stop());
    const make = () => host.bench();
    testDelivering(make);
    testReplacing(make);
    testRepeating(make);
    testReading(make);
    testRefusing(make);
    testCorruption(make);
    testStopping(make);
    testClaiming(make);
    testBreaking(make, () => host);
  });
}
