import type { PlaceSettings } from "../model/site.ts";

/** A destination of a place, and which paths of a release it gets. */
export interface Recipient {
  readonly destination: string;
  /** Recipients by route are delivered and verified before origins: pages link to what they hold. */
  readonly order: "route" | "origin";
  takes(path: string): boolean;
}

/** Who gets which path: a route's destination gets what is under its prefix, every origin all the rest. */
export function recipientsOf(place: PlaceSettings): Recipient[] {
  const isRouted = (path: string) => place.routes.some((route) => path.startsWith(route.prefix));
  const names = new Set(place.routes.map((route) => route.destination));
  const routed = [...names].map((destination): Recipient => {
    const prefixes = place.routes
      .filter((route) => route.destination === destination)
      .map((each) => each.prefix);
    return {
      destination,
      order: "route",
      takes: (path) => prefixes.some((prefix) => path.startsWith(prefix)),
    };
  });
  const origins = place.origins.map(
    (destination): Recipient => ({ destination, order: "origin", takes: (path) => !isRouted(path) }),
  );
  return [...routed, ...origins];
}
