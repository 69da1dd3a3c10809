import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { resource } = demoPaths;
const callBacks = /\/content_status_modify$/;
let stage: Stage;
let secrets: Readonly<Record<string, string>>;

beforeAll(async () => {
  stage = await setStage({ content: contentOf(resource), hasMirror: true });
  secrets = await listSecrets();
  const { cms, purge, netstorage, mirror } = stage.world;
  await stage.publishAndPromote(resource);
  // Errors are where secrets like to get out: each part that is shown a secret fails once.
  for (const fault of ["down", "reject-host"] as const) {
    purge.inject(fault);
    cms.edit(`${resource}/sheets`, (html) => `${html}<p>${fault}</p>`);
    await stage.done("publish", resource);
    await stage.run("promote", resource);
    purge.clearFaults();
  }
  await Promise.all([netstorage.inject("cut"), mirror.ssh.inject("cut")]);
  const lift = await cms.inject({ name: "password-changed" });
  expect((await stage.run("publish", resource)).error?.code).toBe("unauthorized");
  await lift();
  await stage.untilIdle();
});
afterAll(() => stage.strike());

it("promise 12: no secret stands in the log", async () => {
  const log = await stage.engine.output();
  expect(log).toContain("unauthorized");
  expect(found(log)).toEqual([]);
});

it("promise 12: no secret stands in any answer of the API", async () => {
  const runs = (await stage.engine.runs()).flatMap(({ id }) => [`/api/runs/${id}`, `/api/runs/${id}/plan`]);
  const paths = [
    "/healthz",
    "/api/health",
    "/api/doctor",
    "/api/modules",
    `/api/modules${resource}`,
    ...runs,
  ];
  for (const path of paths) {
    const { status, body } = await stage.engine.api("GET", path);
    expect(status).toBe(200);
    expect(found(JSON.stringify(body))).toEqual([]);
  }
});

it("promise 12: no secret stands in the state, but the command line's own private token", async () => {
  const tokenFile = join(stage.stateFolder, "cli-token");
  expect((await stat(tokenFile)).mode & 0o077).toBe(0);
  const entries = await readdir(stage.stateFolder, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => file !== tokenFile);
  expect(files).toContain(join(stage.stateFolder, "state.sqlite"));
  for (const file of files) expect(found(await readFile(file, "latin1")), file).toEqual([]);
});

it("promise 12: the crawl only GETs, but for its login and the call-backs", () => {
  const other = stage.world.cms.requests().filter(({ method }) => method !== "GET");
  const kinds = new Set(other.map(({ method, path }) => `${method} ${path.replace(/\?.*/, "")}`));
  expect([...kinds].filter((kind) => !callBacks.test(kind) && kind !== "POST /login_form")).toEqual([]);
  expect([...kinds].some((kind) => callBacks.test(kind))).toBe(true);
});

/** The names of the secrets that a text holds, as they are or as HTTP writes them. */
function found(text: string): string[] {
  const cookie = /__ac="?[\w%-]{20}/.test(text) ? ["session of the CMS"] : [];
  const others = Object.entries(secrets).flatMap(([name, secret]) => {
    const forms = [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({ s: secret }).toString().slice(2),
    ];
    return forms.some((form) => text.includes(form)) ? [name] : [];
  });
  return [...cookie, ...others];
}

async function listSecrets(): Promise<Record<string, string>> {
  const { world, engine } = stage;
  const { OCW_CMS_PASSWORD = "", OCW_CMS_WORKFLOW_PASSWORD = "", ...variables } = world.environment();
  const { clientToken, clientSecret, accessToken } = world.purge.credentials;
  const basic = (user: string | undefined, password: string) =>
    Buffer.from(`${user}:${password}`).toString("base64");
  const keys: Record<string, string> = {};
  for (const [name, file] of Object.entries(variables))
    if (name.endsWith("_KEY_FILE")) keys[name] = (await readFile(file, "latin1")).split("\n")[2] ?? "";
  return {
    password: OCW_CMS_PASSWORD,
    basic: basic(variables.OCW_CMS_USER, OCW_CMS_PASSWORD),
    "workflow password": OCW_CMS_WORKFLOW_PASSWORD,
    "workflow basic": basic(variables.OCW_CMS_WORKFLOW_USER, OCW_CMS_WORKFLOW_PASSWORD),
    "client token": clientToken,
    "client secret": clientSecret,
    "access token": accessToken,
    "API token": engine.token,
    ...keys,
  };
}
