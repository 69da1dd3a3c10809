/**
 * The promises of the engine, in order: promise N is the Nth. A test bears one by `promise N:` in its name.
 */
export const promises: readonly string[] = [
  "absence is not deletion, and what we do not own we do not touch",
  "nothing is removed before every put succeeded; removals come last",
  "no reader of an origin sees a half-written file",
  "production gets the bytes that staging has",
  "purges follow verification, name only what changed, and are never forgotten",
  "every effect may be repeated, and a kill at any moment loses nothing",
  "bytes are checked on the way in, on the way out and where they arrive",
  "login forms, error pages, truncated and empty answers are never published",
  "guards judge the plan before any effect and stop for approval",
  "unchanged content keeps its bytes, name and mtime",
  "a bad page fails itself and its module, never another module",
  "no secret leaks, host keys are verified, no request leaves the configured hosts",
  "publishing online never waits for offline work",
];
