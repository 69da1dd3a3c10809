import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CONTENT_TYPES, DEFAULT_CONTENT_TYPE } from "../../../test/world/hosts/content-types.ts";
import { withFreePort } from "../../../test/world/hosts/find-free-port.ts";
import { findProgram } from "../../../test/world/hosts/find-program.ts";
import { spawnPart } from "../../../test/world/hosts/spawn-part.ts";

/** A site that is crawled, served by a process of its own on loopback. */
export interface CrawlSite {
  readonly origin: string;
  /** The prefix of its one module. */
  readonly prefix: string;
  /** The page that a peer starts from, a path. */
  readonly entry: string;
  /** Requests so far, without those of this call. */
  requests(): Promise<number>;
  stop(): Promise<void>;
}

const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
const counterPath = "/-/requests";

/** Serves the folder `root` by nginx, which keeps its files in `folder`. */
export async function startStaticSite(root: string, prefix: string, folder: string): Promise<CrawlSite> {
  const types = Object.entries(CONTENT_TYPES).map(([extension, type]) => `${type} ${extension};`);
  const file = join(folder, "nginx.conf");
  await mkdir(join(folder, "temp"), { recursive: true });
  return withFreePort(async (port) => {
    const lines = [
      `daemon off; worker_processes 1; error_log stderr notice; pid ${folder}/nginx.pid;`,
      process.getuid?.() === 0 ? "user root;" : "",
      "events { worker_connections 256; } http { access_log off; sendfile on; absolute_redirect off;",
      `types { ${types.join(" ")} } default_type ${DEFAULT_CONTENT_TYPE};`,
      ...temporary.map((name) => `${name}_temp_path ${folder}/temp/${name};`),
      `server { listen 127.0.0.1:${port}; root ${root}; index index.html;`,
      // The engine knocks there before it lists the modules.
      "location = / { return 204; }",
      `location = ${counterPath} { stub_status; } } }`,
    ];
    await writeFile(file, lines.join("\n"));
    const { stop } = await spawnPart({
      name: "nginx",
      command: findProgram("nginx") ?? "nginx",
      args: ["-p", folder, "-e", "stderr", "-c", file],
      isReady: (line) => line.includes("start worker processes"),
    });
    let asked = 0;
    const origin = `http://127.0.0.1:${port}`;
    const requests = async () => {
      const status = await (await fetch(origin + counterPath)).text();
      asked++;
      // Three totals: connections accepted, connections handled, requests.
      return Number(/(\d+) \nReading/.exec(status)?.[1]) - asked;
    };
    return { origin, prefix, entry: `${prefix}/index.html`, requests, stop };
  });
}

/** Serves a generated site of so many URLs. `kind` is one that `serve-generated.ts` knows. */
export async function startGeneratedSite(kind: string, prefix: string, count: number): Promise<CrawlSite> {
  const program = fileURLToPath(new URL("serve-generated.ts", import.meta.url));
  let origin = "";
  const { stop } = await spawnPart({
    name: "generated site",
    command: process.execPath,
    args: [program, kind, prefix, `${count}`],
    isReady: (line) => {
      if (line.startsWith("http:")) origin = line;
      return origin !== "";
    },
  });
  const requests = async () => Number(await (await fetch(origin + counterPath)).text());
  return { origin, prefix, entry: prefix, requests, stop };
}
