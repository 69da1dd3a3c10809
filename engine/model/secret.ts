import { inspect } from "node:util";
import { z } from "zod";

declare const brand: unique symbol;

/** A text that must never be printed: as text, as JSON and in `inspect` it is "[secret]". */
export interface Secret {
  readonly [brand]: "Secret";
  toString(): string;
  toJSON(): string;
}

const mask = "[secret]";
// Kept aside, so that no property of the object leads to the text.
const texts = new WeakMap<object, string>();

/** Wraps a text so that it can be handed around without being printed by accident. */
export function secret(text: string): Secret {
  const wrapped = Object.freeze({
    toString: () => mask,
    toJSON: () => mask,
    [inspect.custom]: () => mask,
  });
  texts.set(wrapped, text);
  return wrapped as Secret & typeof wrapped;
}

/** The text of a secret, for the one call that needs it. */
export function reveal(wrapped: Secret): string {
  const text = texts.get(wrapped);
  if (text === undefined) throw new TypeError("not a secret of this process");
  return text;
}

/** An option that is a secret: takes one, or wraps a text that is not empty. */
export const secretSchema = z.union([
  z.custom<Secret>(
    (value) => typeof value === "object" && value !== null && texts.has(value),
    "not a secret",
  ),
  z.string().min(1).transform(secret),
]);
