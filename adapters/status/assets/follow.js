const soonMs = 150;
const busyMs = 2_000;
const idleMs = 15_000;

/**
 * Calls `refresh` soon after anything happens, and from time to time in any case, so that all is well where event
 * streams do not get through. `refresh` says whether something is under way. Returns what ends it.
 */
export function follow({ run, refresh, onEvent }) {
  const source = new EventSource(run === undefined ? "/api/events" : `/api/events?run=${run}`);
  let timer;
  let ended = false;
  let dueAt = Number.POSITIVE_INFINITY;

  async function now() {
    dueAt = Number.POSITIVE_INFINITY;
    let busy = false;
    try {
      busy = await refresh();
    } finally {
      if (!ended) within(busy ? busyMs : idleMs);
    }
  }
  function within(waitMs) {
    if (performance.now() + waitMs >= dueAt) return;
    dueAt = performance.now() + waitMs;
    clearTimeout(timer);
    timer = setTimeout(() => void now(), waitMs);
  }

  source.addEventListener("message", ({ data: text }) => {
    onEvent?.(JSON.parse(text));
    within(soonMs);
  });
  within(busyMs);
  return () => {
    ended = true;
    clearTimeout(timer);
    source.close();
  };
}
