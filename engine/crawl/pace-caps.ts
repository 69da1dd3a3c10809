import type { PaceCaps, PaceHours } from "../model/site.ts";

/** The caps that hold at a moment: those of the first hours that it lies in over the usual ones. */
export function capsAt(now: Date, usual: PaceCaps, hours: readonly PaceHours[]): PaceCaps {
  const {
    from: _from,
    to: _to,
    timeZone: _timeZone,
    ...caps
  } = hours.find((each) => isWithin(now, each)) ?? {};
  return { ...usual, ...caps };
}

function isWithin(now: Date, { from, to, timeZone }: PaceHours): boolean {
  const format = { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const time = new Intl.DateTimeFormat("en-GB", format).format(now);
  return from <= to ? from <= time && time < to : from <= time || time < to;
}
