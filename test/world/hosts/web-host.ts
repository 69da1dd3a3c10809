import { mkdir } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { createFileAnswerer } from "./file-answerer.ts";
import { listenOnLoopback } from "./find-free-port.ts";
import { chooseImplementation } from "./find-program.ts";
import { startNginxServer } from "./nginx-server.ts";
import type { WebServer, WebServerOptions } from "./web-server.ts";

const ERROR_PAGE = "/jsp/error.html";

/** Which web server a host runs: Debian's nginx, or the stand-in of this process. */
export type WebImplementation = "nginx" | "static";

/** A web server over a folder, with the rules of the legacy origins. */
export type WebHost = {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  url: string;
  port: number;
  root: string;
  implementation: WebImplementation;
  stop(): Promise<void>;
};

async function startStaticServer({ root, errorPage, headers }: WebServerOptions): Promise<WebServer> {
  const answer = createFileAnswerer({
    root,
    headers,
    index: "index.htm",
    ...(errorPage === undefined ? {} : { errorPage }),
  });
  const server = createServer(answer);
  return {
    port: await listenOnLoopback(server),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Starts a web server over `root` on a free loopback port: `index.htm` answers for a folder, a path without
 * a dot and without a slash at its end is redirected to the one with it, names that begin with a dot are
 * never served, and an origin's 404 carries `/jsp/error.html`. `root` may be a symbolic link that is set
 * later.
 */
export async function startWebHost(options: {
  dir: string;
  root: string;
  implementation?: WebImplementation;
  kind: "origin" | "mirror";
  extraHeaders?: Readonly<Record<string, string>>;
}): Promise<WebHost> {
  const dir = path.resolve(options.dir);
  const root = path.resolve(options.root);
  await mkdir(dir, { recursive: true });
  const implementation = chooseImplementation({
    wanted: options.implementation,
    real: "nginx",
    standIn: "static",
    program: "nginx",
  });
  const server = await (implementation === "nginx" ? startNginxServer : startStaticServer)({
    dir,
    root,
    errorPage: options.kind === "origin" ? ERROR_PAGE : undefined,
    headers: options.extraHeaders ?? {},
  });
  return { ...server, url: `http://127.0.0.1:${server.port}`, root, implementation };
}
