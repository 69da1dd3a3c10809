import type { z } from "zod";
import { type Place, places as placeNames } from "../engine/model/run.ts";
import { isUnder } from "../engine/model/site-path.ts";
import type { Complaint, Path } from "./complaint.ts";
import type { ConfigTree } from "./config-tree.ts";
import { suggestName } from "./nearest-name.ts";
import { placesSchema, relocationsSchema, schedulesSchema } from "./schema.ts";
import { isMapping } from "./value-tree.ts";

type Fault = { readonly path: Path; readonly text: string };
type Places = z.output<typeof placesSchema>;

/**
 * What no single field can tell: names that stand for nothing, a destination of two places, relocations that
 * lead where no destination takes them, two schedules of one name. Sections that are wrong in themselves are
 * passed over.
 */
export function crossCheck(config: ConfigTree): Complaint[] {
  const { value } = config;
  const places = placesSchema.safeParse(value.places);
  const relocations = relocationsSchema.safeParse(value.relocations ?? []);
  const schedules = schedulesSchema.safeParse(value.schedules ?? []);
  const faults: Fault[] = [];
  if (places.success) {
    faults.push(
      ...checkNames(places.data, value),
      ...checkSharing(places.data),
      ...checkOrigins(places.data),
    );
    if (relocations.success) faults.push(...checkRelocations(places.data, relocations.data));
  }
  if (schedules.success) faults.push(...checkScheduleNames(schedules.data));
  return faults
    .filter(({ path }) => !config.isBroken(path))
    .map(({ path, text }) => config.yaml.complainAt("value", path, text));
}

/** Every name of a destination in a place, and where it stands. */
function destinationsOf(place: Place, places: Places): { name: string; path: Path }[] {
  const { origins, routes } = places[place];
  return [
    ...origins.map((name, index) => ({ name, path: ["places", place, "origins", index] })),
    ...routes.map(({ destination }, index) => ({
      name: destination,
      path: ["places", place, "routes", index, "destination"],
    })),
  ];
}

function checkNames(places: Places, value: Record<string, unknown>): Fault[] {
  const find = (section: string, uses: readonly { name: string; path: Path }[]): Fault[] => {
    const known = isMapping(value[section]) ? Object.keys(value[section]) : [];
    return uses
      .filter(({ name }) => !known.includes(name))
      .map(({ name, path }) => ({
        path,
        text: `expected a name of ${section}, found ${JSON.stringify(name)}${suggestName(name, known)}`,
      }));
  };
  return placeNames.flatMap((place) => [
    ...find("destinations", destinationsOf(place, places)),
    ...find(
      "edges",
      places[place].edges.map((name, index) => ({ name, path: ["places", place, "edges", index] })),
    ),
  ]);
}

/**
 * A place holds one release of a module, so nothing may be in two of them; and an origin gets a path once.
 */
function checkSharing(places: Places): Fault[] {
  const firstUse = new Map<string, { place: string; isOrigin: boolean }>();
  return placeNames.flatMap((place) =>
    destinationsOf(place, places).flatMap(({ name, path }) => {
      const isOrigin = path[2] === "origins";
      const first = firstUse.get(name);
      firstUse.set(name, first ?? { place, isOrigin });
      if (first === undefined || (first.place === place && !first.isOrigin && !isOrigin)) return [];
      const where = first.place === place ? `already an origin of ${place}` : `already in ${first.place}`;
      return [{ path, text: `expected a destination that is used once, found ${name}, which is ${where}` }];
    }),
  );
}

function checkOrigins(places: Places): Fault[] {
  return (["staging", "production"] as const)
    .filter((place) => places[place].origins.length === 0)
    .map((place) => ({
      path: ["places", place, "origins"],
      text: "expected the name of at least one destination, found nothing",
    }));
}

function checkRelocations(places: Places, relocations: readonly { readonly to: string }[]): Fault[] {
  return relocations.flatMap(({ to }, index) =>
    placeNames
      .filter((place) => {
        const { origins, routes } = places[place];
        return origins.length === 0 && routes.length > 0 && !routes.some(({ prefix }) => isUnder(to, prefix));
      })
      .map((place) => ({
        path: ["relocations", index, "to"],
        text: `expected a prefix that ${place} has an origin or a route for, found ${JSON.stringify(to)}`,
      })),
  );
}

function checkScheduleNames(schedules: readonly { readonly name: string }[]): Fault[] {
  return schedules.flatMap(({ name }, index) =>
    schedules.findIndex((schedule) => schedule.name === name) === index
      ? []
      : [
          {
            path: ["schedules", index, "name"],
            text: `expected a name that no other schedule has, found ${name}`,
          },
        ],
  );
}
