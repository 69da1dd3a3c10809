import type { IncomingMessage, ServerResponse } from "node:http";
import { type Answer, errorAnswer } from "./answer.ts";
import { type Arrivals, arrivals } from "./arrivals.ts";
import type { CmsParts } from "./asked.ts";
import type { CmsRequest } from "./cms.ts";
import { type ActiveFault, type FaultBoard, spoilAnswer } from "./faults.ts";
import { readForm } from "./read-form.ts";
import { routeRequest } from "./route-request.ts";
import { sendAnswer } from "./send-answer.ts";

/** A line of the log whose status is still to come. */
type OpenLine = Omit<CmsRequest, "status"> & { status: number | null };

/** Where the requests of one CMS come in: each is logged and answered. */
export interface RequestDesk {
  readonly serve: (request: IncomingMessage, response: ServerResponse, parts: CmsParts) => Promise<void>;
  readonly requests: () => readonly CmsRequest[];
  readonly when: Arrivals["when"];
}

const tooLong = errorAnswer(413, {
  exception: "BadRequest",
  title: "Too long",
  text: "The form is too long.",
});

/** Waits as a `slow` fault says: for its delay if it has one, else until it is lifted. */
const outwait = async ({ fault, lifted }: ActiveFault): Promise<void> => {
  if (fault.name !== "slow") return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = fault.delayMs === undefined ? undefined : setTimeout(resolve, fault.delayMs);
  await Promise.race([lifted, promise]);
  clearTimeout(timer);
};

/** What a request makes the CMS throw is shown as Zope shows it: its page for status 500. */
const thrownAnswer = (error: unknown): Answer => {
  const [exception, text] = error instanceof Error ? [error.name, error.message] : ["Error", String(error)];
  return errorAnswer(500, { exception, title: "Site Error", text });
};

/** Opens the desk of a CMS; the faults on the board befall its requests. */
export const requestDesk = (board: FaultBoard): RequestDesk => {
  const log: OpenLine[] = [];
  const { when, arrived } = arrivals();
  const answerOne: RequestDesk["serve"] = async (request, response, parts) => {
    const { method = "GET", url: target = "/", headers } = request;
    const visitor = parts.sessions.visitor(headers);
    const account = visitor.kind === "account" ? visitor.name : null;
    const line: OpenLine = { method, path: target, status: null, account };
    log.push(line);
    const faults = board.befalling(target);
    const form = await readForm(request);
    await arrived(target);
    await Promise.all(faults.map(outwait));
    // A client that was cut off meanwhile is told of late: its connection knows it first.
    if (response.destroyed || request.socket.destroyed) return;
    const right =
      form === undefined ? tooLong : routeRequest({ method, target, headers, form, visitor }, parts);
    const answer = spoilAnswer(right, faults, target, parts.baseUrl);
    line.status = answer.status;
    await sendAnswer(response, answer, method === "HEAD", faults);
  };
  return {
    serve: async (request, response, parts) => {
      try {
        await answerOne(request, response, parts);
      } catch (error) {
        // A client that leaves in the middle of its request ends it; there is nobody left to answer.
        if (response.destroyed || response.headersSent) response.destroy();
        else await sendAnswer(response, thrownAnswer(error), false);
      }
    },
    requests: () => log.map((line) => ({ ...line })),
    when,
  };
};
