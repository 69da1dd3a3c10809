import { Readable } from "node:stream";
import type Koa from "koa";
import { z } from "zod";
import type { RunEvent } from "../../engine/model/run.ts";
import type { Clock } from "../../engine/ports/context.ts";
import type { Service } from "../../engine/ports/service.ts";
import { eventSchema } from "./answers.ts";
import { type EventFilter, followEvents } from "./follow-events.ts";
import { refuse } from "./problem.ts";

const streamsMax = 500;
const reconnectMs = 2_000;
const number = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const askedSchema = z.strictObject({ run: number.optional() });

/**
 * Answers with server-sent events: those of one run from its beginning, or those of all runs from now on;
 * with `Last-Event-ID`, from there. `closing` ends every stream.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function eventStreams(service: Service, clock: Clock, closing: AbortSignal): Koa.Middleware {
  let open = 0;
  return async (context) => {
    const filter = filterOf(context);
    if (open >= streamsMax)
      refuse(context, 503, "unavailable", `${streamsMax} others follow already; poll /api/runs instead`);
    open += 1;
    const left = new AbortController();
    context.res.once("close", () => {
      open -= 1;
      left.abort();
    });
    const signal = AbortSignal.any([closing, left.signal]);
    context.set({ "Content-Type": "text/event-stream", "X-Accel-Buffering": "no", Connection: "close" });
    context.body = Readable.from(writeEvents(followEvents(service, filter, clock, signal)));
  };
}

function filterOf(context: Koa.Context): EventFilter {
  const asked = askedSchema.safeParse({ ...context.query });
  if (!asked.success) return refuse(context, 422, "refused", "the query may hold only `run`, a run's number");
  const { run } = asked.data;
  const resumed = context.get("Last-Event-ID");
  if (resumed === "") return { run, after: run === undefined ? undefined : 0 };
  const after = number.safeParse(resumed);
  if (!after.success) return refuse(context, 422, "refused", "Last-Event-ID is not the number of an event");
  return { run, after: after.data };
}

async function* writeEvents(events: AsyncIterable<RunEvent | "quiet">): AsyncGenerator<string> {
  yield `retry: ${reconnectMs}\n\n`;
  for await (const event of events)
    if (event === "quiet") yield ": still here\n\n";
    else yield `id: ${event.id}\ndata: ${JSON.stringify(z.encode(eventSchema, event))}\n\n`;
}
