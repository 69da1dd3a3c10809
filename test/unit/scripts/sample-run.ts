/** A run as the API tells it, with some fields replaced. */
export function sampleRun(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 12,
    kind: "publish",
    module: "/courses/one",
    cause: { by: "ann", via: "api" },
    state: "queued",
    createdAt: "2026-01-01T00:00:00.000Z",
    stages: [],
    plans: [],
    ...fields,
  };
}

/** A stage as the API tells it. */
export function sampleStage(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: "crawl",
    state: "succeeded",
    startedAt: "2026-01-01T00:00:01.000Z",
    endedAt: "2026-01-01T00:00:03.500Z",
    done: 30,
    total: 30,
    bytes: 1_250_000,
    ...fields,
  };
}

/** A run that came to a good end. */
export const succeededRun = sampleRun({
  state: "succeeded",
  startedAt: "2026-01-01T00:00:01.000Z",
  endedAt: "2026-01-01T00:00:13.000Z",
  stages: [sampleStage()],
  plans: [
    {
      destination: "staging",
      release: 7,
      puts: 2,
      removals: 1,
      unchanged: 4,
      heldBefore: 5,
      bytes: 1500,
    },
  ],
  delivered: 7,
});
