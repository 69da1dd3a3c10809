import type { SQLInputValue } from "node:sqlite";
import type { Form, FoundSighting, Sighting, Validators } from "../../../engine/model/sighting.ts";
import { isFound } from "../../../engine/model/sighting.ts";
import {
  bytesOfDigest,
  digestOfColumn,
  integerOf,
  keyText,
  moduleIdOf,
  optional,
  optionalTextOf,
  pathOf,
  textOf,
  wordOf,
} from "./columns.ts";
import type { Row } from "./connection.ts";

const outcomes = [
  "fetched",
  "unchanged",
  "redirect",
  "gone",
  "failed",
] as const satisfies readonly Sighting["outcome"][];
const foundOutcomes = ["fetched", "unchanged"] as const satisfies readonly FoundSighting["outcome"][];
const forms = ["page", "file"] as const satisfies readonly Form[];

/** The columns of a sighting after its snapshot, in the order of `sightingValues`. */
export const sightingColumns =
  "url, owner, referrer, outcome, form, path, digest, size, media_type, charset, etag, last_modified, detail";

/** What the columns of a sighting hold. */
export function sightingValues(sighting: Sighting): SQLInputValue[] {
  const { url, owner, referrer, outcome } = sighting;
  return [keyText(url), owner, referrer ?? null, outcome, ...foundValues(sighting), detailOf(sighting)];
}

function foundValues(sighting: Sighting): SQLInputValue[] {
  if (!isFound(sighting)) return Array.from({ length: 8 }, () => null);
  const { form, path, digest, size, mediaType, charset, validators } = sighting;
  return [
    form,
    keyText(path),
    bytesOfDigest(digest),
    size,
    mediaType,
    charset ?? null,
    validators?.etag ?? null,
    validators?.lastModified ?? null,
  ];
}

function detailOf(sighting: Sighting): string | null {
  if (sighting.outcome === "redirect") return sighting.location;
  return sighting.outcome === "failed" ? sighting.reason : null;
}

/** A sighting from its row. */
export function sightingOf(row: Row): Sighting {
  const outcome = wordOf(row, "outcome", outcomes);
  switch (outcome) {
    case "redirect":
      return { ...seenOf(row), outcome, location: textOf(row, "detail") };
    case "gone":
      return { ...seenOf(row), outcome };
    case "failed":
      return { ...seenOf(row), outcome, reason: textOf(row, "detail") };
    default:
      return foundSightingOf(row);
  }
}

/** A sighting with bytes from its row. */
export function foundSightingOf(row: Row): FoundSighting {
  return {
    ...seenOf(row),
    outcome: wordOf(row, "outcome", foundOutcomes),
    form: wordOf(row, "form", forms),
    path: pathOf(row),
    digest: digestOfColumn(row, "digest"),
    size: integerOf(row, "size"),
    mediaType: textOf(row, "media_type"),
    ...optional("charset", optionalTextOf(row, "charset")),
    ...optional("validators", validatorsOf(row)),
  };
}

function seenOf(row: Row): Pick<Sighting, "url" | "owner" | "referrer"> {
  return {
    url: textOf(row, "url"),
    owner: moduleIdOf(row, "owner"),
    ...optional("referrer", optionalTextOf(row, "referrer")),
  };
}

function validatorsOf(row: Row): Validators | undefined {
  const validators: Validators = {
    ...optional("etag", optionalTextOf(row, "etag")),
    ...optional("lastModified", optionalTextOf(row, "last_modified")),
  };
  return Object.keys(validators).length === 0 ? undefined : validators;
}
