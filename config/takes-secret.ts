import { secret } from "../engine/model/secret.ts";

/** True for a place that takes a secret, but not any object of the same shape. */
export function takesSecret(accepts: (value: unknown) => boolean): boolean {
  const probe = secret("a secret to try");
  return accepts(probe) && !accepts({ ...probe });
}
