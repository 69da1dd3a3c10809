import type { ServerResponse } from "node:http";
import type { Answer } from "./answer.ts";

const server = "Zope/(Zope 2.10.11-final, python 2.4.6, linux2) ZServer/1.1 Plone/3.3.5";

/** Sends an answer; truncated, half of the promised bytes are followed by the end of the connection. */
export const sendAnswer = (
  response: ServerResponse,
  { status, headers, body }: Answer,
  { isHead, truncated }: { readonly isHead: boolean; readonly truncated: boolean },
): void => {
  const bodyless = isHead || status === 304;
  const length = bodyless ? {} : { "Content-Length": String(body.length) };
  response.writeHead(status, { Server: server, ...headers, ...length });
  if (bodyless) response.end();
  else if (truncated && body.length > 0) {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.end());
  } else response.end(body);
};
