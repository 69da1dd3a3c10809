import { createServer } from "node:http";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  checkConnections,
  readConnections,
  recordConnectionsTo,
  runAsWorldPart,
  watchWorldConnections,
} from "../../world/connections.ts";
import { listenOnLoopback } from "../../world/hosts/find-free-port.ts";
import { startSshHost } from "../../world/hosts/ssh-host.ts";
import { runProgram } from "./run-program.ts";
import { stopAfterTest, temporaryFolder } from "./temporary-folder.ts";

async function startAnswering(answer: () => Promise<string>) {
  const server = createServer((_request, response) => {
    answer().then(
      (text) => response.end(text),
      (error: unknown) => response.destroy(new Error("no answer", { cause: error })),
    );
  });
  const port = await listenOnLoopback(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return port;
}

const CLIENT = `
import http from "node:http";
import tls from "node:tls";
import ssh2 from "ssh2";
const [webPort, sshPort, closedPort] = process.argv.slice(1);
await (await fetch("http://127.0.0.1:" + webPort)).text();
await new Promise((done) => {
  http.get("http://localhost:" + webPort, (answer) => answer.resume().on("end", done));
});
await new Promise((done) => tls.connect(closedPort, "127.0.0.1").on("error", done));
await new Promise((done) => {
  const client = new ssh2.Client().on("error", () => undefined).on("close", done);
  client.connect({ host: "127.0.0.1", port: Number(sshPort), username: "nobody-here" });
});
`;

async function recordClient() {
  const folder = await temporaryFolder();
  const webPort = await startAnswering(async () => "web");
  const ssh = stopAfterTest(await startSshHost({ dir: folder, root: folder, implementation: "ssh2" }));
  const closedPort = 1;
  const file = path.join(folder, "connections");
  const { nodeArguments, environment } = recordConnectionsTo(file);
  const set = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const script = ["--input-type=module", "-e", CLIENT, ...[webPort, ssh.port, closedPort].map(String)];
  const ran = await runProgram("env", [...set, process.execPath, ...nodeArguments, ...script]);
  expect(ran).toMatchObject({ status: 0 });
  return { file, webPort, sshPort: ssh.port, closedPort };
}

test("records what a process opens by fetch, http, TLS and SSH, answered or not", async () => {
  const { file, webPort, sshPort, closedPort } = await recordClient();
  const ports = (await readConnections(file)).map(({ port }) => port);
  expect(new Set(ports)).toEqual(new Set([webPort, sshPort, closedPort]));
  const allowedPorts = [webPort, sshPort, closedPort];
  await checkConnections({ file, allowedPorts, enginePort: 2 });
  await expect(checkConnections({ file, allowedPorts: [webPort, sshPort], enginePort: 2 })).rejects.toThrow(
    `does not name: 127.0.0.1:${closedPort}`,
  );
  await expect(checkConnections({ file, allowedPorts, enginePort: sshPort })).rejects.toThrow(
    String(sshPort),
  );
});

test("does not take a process that recorded nothing for one that connected to nothing", async () => {
  const file = path.join(await temporaryFolder(), "connections");
  await expect(checkConnections({ file, allowedPorts: [], enginePort: 1 })).rejects.toThrow("ENOENT");
});

test("tells a part of the world that connects to the engine from a client that does", async () => {
  const enginePort = await startAnswering(async () => "engine");
  const watch = watchWorldConnections();
  onTestFinished(watch.stop);
  const callEngine = async () => await (await fetch(`http://127.0.0.1:${enginePort}/`)).text();
  const quietPort = await runAsWorldPart("quiet", () => startAnswering(async () => "quiet"));
  const nosyPort = await runAsWorldPart("nosy", () => startAnswering(callEngine));
  expect(await callEngine()).toBe("engine");
  await (await fetch(`http://127.0.0.1:${quietPort}/`)).text();
  expect(() => watch.check(enginePort)).not.toThrow();
  await (await fetch(`http://127.0.0.1:${nosyPort}/`)).text();
  expect(() => watch.check(enginePort)).toThrow("nosy opened a connection to the engine");
});
