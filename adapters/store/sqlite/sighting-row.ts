import type { SQLInputValue } from "node:sqlite";
import { errorCodes } from "../../../engine/errors/publish-error.ts";
import type { FoundSighting, Sighting } from "../../../engine/model/sighting.ts";
import { isFound } from "../../../engine/model/sighting.ts";
import {
  bytesOfDigest,
  digestOfColumn,
  integerOf,
  keyText,
  moduleIdOf,
  optional,
  pathOf,
  textOf,
  wordOf,
} from "./columns.ts";
import type { Row } from "./connection.ts";

const foundOutcomes = ["fetched", "unchanged"] as const;
const outcomes = [...foundOutcomes, "redirect", "gone", "failed"] as const;
/** The forms of a sighting or target, as they are kept. */
export const forms = ["page", "file"] as const;

/** The columns of a sighting after its snapshot, in the order of `sightingValues`. */
export const sightingColumns =
  "url, owner, referrer, outcome, form, path, digest, size, media_type, charset, etag, last_modified, " +
  "detail, code, elapsed_ms";

/** What the columns of a sighting hold. */
export function sightingValues(sighting: Sighting): SQLInputValue[] {
  const found = isFound(sighting) ? sighting : undefined;
  return [
    keyText(sighting.url),
    sighting.owner,
    sighting.referrer ?? null,
    sighting.outcome,
    found?.form ?? null,
    found === undefined ? null : keyText(found.path),
    found === undefined ? null : bytesOfDigest(found.digest),
    found?.size ?? null,
    found?.mediaType ?? null,
    found?.charset ?? null,
    found?.validators?.etag ?? null,
    found?.validators?.lastModified ?? null,
    detailOf(sighting),
    sighting.outcome === "failed" ? sighting.code : null,
    sighting.elapsedMs ?? null,
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
      return {
        ...seenOf(row),
        outcome,
        reason: textOf(row, "detail"),
        code: wordOf(row, "code", errorCodes),
      };
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
    ...optional("charset", textOf, row),
    ...validatorsOf(row),
  };
}

function seenOf(row: Row): Pick<Sighting, "url" | "owner" | "referrer" | "elapsedMs"> {
  return {
    url: textOf(row, "url"),
    owner: moduleIdOf(row, "owner"),
    ...optional("referrer", textOf, row),
    ...optional("elapsedMs", integerOf, row, "elapsed_ms"),
  };
}

function validatorsOf(row: Row): Pick<FoundSighting, "validators"> {
  const validators = {
    ...optional("etag", textOf, row),
    ...optional("lastModified", textOf, row, "last_modified"),
  };
  return Object.keys(validators).length === 0 ? {} : { validators };
}
