import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "./config-file.ts";

const folder = join(import.meta.dirname, "../../../config");
const systemdCredentials = "/run/credentials/ocw-engine.service";

const edgerc = `[default]
client_token = akab-client
client_secret = secret
access_token = akab-access
host = akab-host.purge.example.edu
`;

/** A value that fits a variable of the demo, by its name. */
function fakeValueOf(name: string, edgercFile: string): string {
  if (name.endsWith("_PORT")) return "2222";
  if (name.endsWith("_URL")) return "http://127.0.0.1:8081";
  if (name === "OCW_PURGE_EDGERC_FILE") return edgercFile;
  if (/_(?:ROOT|FILE|STATE)$/.test(name)) return `/srv/${name}`;
  return name.endsWith("_CRON") ? "0 0 * * *" : "ocw";
}

/** Puts a file of config/ on a machine that has everything it refers to; the environment says where. */
export async function prepareExample(name: string): Promise<{ file: string; env: Record<string, string> }> {
  const machine = await makeFolder();
  const credentials = join(machine, "credentials");
  await mkdir(credentials);
  await writeFile(join(credentials, "edgerc"), `${edgerc}${edgerc.replace("default", "ocw")}`);
  const text = (await readFile(join(folder, name), "utf8")).replaceAll(systemdCredentials, credentials);
  for (const [, credential = ""] of text.matchAll(/credential:([\w-]+)/g))
    await writeFile(join(credentials, credential), "secret\n");
  const names = [...text.matchAll(/env:(\w+)/g)].map(([, variable = ""]) => variable);
  const env = Object.fromEntries(names.map((each) => [each, fakeValueOf(each, join(credentials, "edgerc"))]));
  const file = join(machine, name);
  await writeFile(file, text);
  return { file, env: { ...env, CREDENTIALS_DIRECTORY: credentials } };
}
