import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Answer } from "./answer.ts";
import type { ActiveFault } from "./faults.ts";

const server = "Zope/(Zope 2.10.11-final, python 2.4.6, linux2) ZServer/1.1 Plone/3.3.5";
const trickleEveryMs = 10;
const blanks = Buffer.alloc(16_384, " ");

/** Sends the first bytes, then ends the connection. */
const breakOff = (response: ServerResponse, body: Uint8Array, sentBytes: number): void => {
  response.write(body.subarray(0, sentBytes), () => response.socket?.end());
};

/** Resolves when the fault is lifted or the client has gone. */
const untilOver = async (response: ServerResponse, lifted: Promise<void>): Promise<void> => {
  const { promise: left, resolve } = Promise.withResolvers<void>();
  response.once("close", resolve);
  await Promise.race([lifted, left]);
};

/** Sends a byte at a time, then the rest. */
const trickle = async (response: ServerResponse, body: Uint8Array, lifted: Promise<void>): Promise<void> => {
  let sentBytes = 0;
  const timer = setInterval(() => {
    // The last byte is kept back, so that a short body is slow as well.
    if (sentBytes < body.length - 1) response.write(body.subarray(sentBytes, ++sentBytes));
  }, trickleEveryMs);
  await untilOver(response, lifted);
  clearInterval(timer);
  response.end(body.subarray(sentBytes));
};

/** Sends the body and then blanks, as fast as the client takes them. */
const goOn = async (response: ServerResponse, body: Uint8Array, lifted: Promise<void>): Promise<void> => {
  let isOver = false;
  const over = untilOver(response, lifted).then(() => {
    isOver = true;
  });
  let hasRoom = response.write(body);
  while (!isOver) {
    if (!hasRoom) await Promise.race([once(response, "drain"), over]);
    else await new Promise(setImmediate);
    if (!isOver) hasRoom = response.write(blanks);
  }
  response.end();
};

/** What a fault does to the way of the answer; false if it lets it go as it should. */
const sendSpoilt = async (
  response: ServerResponse,
  { status, headers, body }: Answer,
  { fault, lifted }: ActiveFault,
): Promise<boolean> => {
  const begin = (promisedBytes?: number): void => {
    const length = promisedBytes === undefined ? {} : { "Content-Length": String(promisedBytes) };
    response.writeHead(status, { Server: server, ...headers, ...length });
  };
  switch (fault.name) {
    case "truncated-body":
      if (body.length < 2) return false;
      begin(body.length);
      breakOff(response, body, Math.floor(body.length / 2));
      return true;
    case "broken-at-byte":
      if (fault.atByte >= body.length) return false;
      begin(body.length);
      breakOff(response, body, fault.atByte);
      return true;
    case "wrong-length":
      begin(Math.max(0, body.length + fault.byBytes));
      if (fault.byBytes > 0) breakOff(response, body, body.length);
      else response.end(body);
      return true;
    case "slow-loris":
      begin(body.length);
      await trickle(response, body, lifted);
      return true;
    case "endless-body":
      begin();
      await goOn(response, body, lifted);
      return true;
    default:
      return false;
  }
};

/** Sends an answer, or what the faults leave of it. Resolves when the last byte is handed over. */
export const sendAnswer = async (
  response: ServerResponse,
  answer: Answer,
  isHead: boolean,
  faults: readonly ActiveFault[] = [],
): Promise<void> => {
  if (faults.some(({ fault }) => fault.name === "connection-reset")) {
    response.socket?.resetAndDestroy();
    return;
  }
  const { status, headers, body } = answer;
  const bodyless = isHead || status === 304;
  for (const fault of faults) if (!bodyless && (await sendSpoilt(response, answer, fault))) return;
  const length = bodyless ? {} : { "Content-Length": String(body.length) };
  response.writeHead(status, { Server: server, ...headers, ...length });
  response.end(bodyless ? undefined : body);
};
