import { PublishError } from "../errors/publish-error.ts";

/**
 * The strings that a selector finds in a JSON document: names of members and numbers of elements, divided by
 * dots, each of which may be * for every one ("media.*.url"). Throws `corrupt` for what is no JSON in UTF-8.
 */
export function selectJson(bytes: Uint8Array, selector: string): readonly string[] {
  let found: readonly unknown[] = [parse(bytes)];
  for (const step of selector.split("."))
    found = found.flatMap((value) => {
      if (typeof value !== "object" || value === null) return [];
      if (step === "*") return Object.values(value);
      return Object.hasOwn(value, step) ? [Reflect.get(value, step)] : [];
    });
  return found.filter((value) => typeof value === "string");
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new PublishError("corrupt", "it is to be read for links, but is no JSON in UTF-8", { cause });
  }
}
