// Serves a generated site until it is stopped: serve-generated.ts KIND PREFIX COUNT. It writes its origin to
// standard error, and tells at /-/requests how many requests it had.
import { createServer } from "node:http";
import { listenOnLoopback } from "../../../test/world/hosts/find-free-port.ts";
import { cmsPace, type GeneratedFile, generateCourse, generateFile } from "./generated-sites.ts";

const [kind = "", prefix = "", countText = ""] = process.argv.slice(2);
const count = Number(countText);
let requests = 0;
// When each worker of the CMS is free again, in milliseconds.
const freeAt = new Array<number>(cmsPace.workerCount).fill(0);

/** The time until a worker has done one more request, if each takes the next as soon as it is free. */
function takeWorker(): number {
  const now = performance.now();
  const soonest = freeAt.indexOf(Math.min(...freeAt));
  const doneAt = Math.max(now, freeAt[soonest] ?? 0) + cmsPace.latencyMs;
  freeAt[soonest] = doneAt;
  return doneAt - now;
}

let find: (path: string) => GeneratedFile | undefined;
const server = createServer((request, response) => {
  const path = request.url ?? "";
  const answer = () => {
    const file = path === "/-/requests" ? { mediaType: "text/plain", body: `${requests}` } : find(path);
    const body = file?.body ?? "not here";
    response.writeHead(file === undefined ? 404 : 200, {
      "content-type": file?.mediaType ?? "text/plain",
      "content-length": Buffer.byteLength(body),
    });
    response.end(body);
  };
  if (path === "/-/requests") return answer();
  requests++;
  if (kind !== "course") return answer();
  setTimeout(answer, takeWorker());
});
const origin = `http://127.0.0.1:${await listenOnLoopback(server)}`;
if (kind === "course") {
  const files = generateCourse(origin, prefix, count);
  find = (path) => files.get(path);
} else find = (path) => generateFile(path, prefix, count, kind === "images");
process.stderr.write(`${origin}\n`);
