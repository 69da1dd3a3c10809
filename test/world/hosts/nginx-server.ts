import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { CONTENT_TYPES, DEFAULT_CONTENT_TYPE } from "./content-types.ts";
import { withFreePort } from "./find-free-port.ts";
import { findProgram } from "./find-program.ts";
import { spawnPart } from "./spawn-part.ts";
import type { WebServer, WebServerOptions } from "./web-server.ts";

const TEMPORARY = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

function configuration({ dir, root, port, errorPage, headers }: WebServerOptions & { port: number }): string {
  const types = Object.entries(CONTENT_TYPES).map(([extension, type]) => `${type} ${extension};`);
  return [
    "daemon off;",
    ...(process.getuid?.() === 0 ? ["user root;"] : []),
    "worker_processes 1;",
    "error_log stderr notice;",
    `pid ${dir}/nginx.pid;`,
    "events { worker_connections 256; }",
    "http {",
    "access_log off;",
    `types { ${types.join(" ")} }`,
    `default_type ${DEFAULT_CONTENT_TYPE};`,
    ...TEMPORARY.map((name) => `${name}_temp_path ${dir}/nginx-temp/${name};`),
    "etag on;",
    "sendfile on;",
    // The port is not part of the public address, and must survive the redirect all the same.
    "absolute_redirect off;",
    "server {",
    `listen 127.0.0.1:${port};`,
    `root ${root};`,
    ...Object.entries(headers).map(([name, value]) => `add_header ${name} "${value}" always;`),
    "rewrite ^(/[^\\.\\?]+[^/])$ $1/ permanent;",
    ...(errorPage === undefined ? [] : [`error_page 404 ${errorPage};`]),
    "location ~ /\\. { return 404; }",
    "location / { try_files $uri $uri/index.htm =404; }",
    "}",
    "}",
    "",
  ].join("\n");
}

/** Starts nginx with the rules of the legacy origins, as the user who runs this process. */
export async function startNginxServer(options: WebServerOptions): Promise<WebServer> {
  const command = findProgram("nginx");
  if (command === undefined) throw new Error("nginx is not installed");
  await mkdir(path.join(options.dir, "nginx-temp"), { recursive: true });
  return await withFreePort(async (port) => {
    const file = path.join(options.dir, "nginx.conf");
    await writeFile(file, configuration({ ...options, port }));
    const part = await spawnPart({
      name: "nginx",
      command,
      args: ["-p", options.dir, "-e", "stderr", "-c", file],
      isReady: (line) => line.includes("start worker processes"),
    });
    return { port, stop: part.stop };
  });
}
