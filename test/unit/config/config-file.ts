import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { toPublishError } from "../../../engine/errors/publish-error.ts";

/** A configuration that is right, for the fake registry; line 1 is `site:`. */
export const goodConfig = `site:
  name: A site
  publicUrl: https://site.example.edu
state: /var/lib/site
source:
  type: cms
  url: http://cms.example.edu:8080
  user: engine
  password: env:CMS_PASSWORD
destinations:
  staging: {type: host, host: staging.example.edu, port: env:STAGING_PORT, isSlow: env:IS_SLOW, root: /srv}
  origin: {type: host, host: origin.example.edu, root: /srv}
edges:
  cdn: {type: cdn, origin: https://site.example.edu, token: env:CDN_TOKEN}
places:
  staging: {origins: [staging]}
  production: {origins: [origin], edges: [cdn]}
`;

/** The environment that the good configuration refers to. */
export const goodEnv = {
  CMS_PASSWORD: "hunter2",
  STAGING_PORT: "2222",
  IS_SLOW: "true",
  CDN_TOKEN: "t0ken",
};

/** An empty folder that goes away with the test. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "ocw-config-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file into a new folder, and says where it is. */
export async function writeConfig(text: string): Promise<string> {
  const file = join(await makeFolder(), "site.yaml");
  await writeFile(file, text);
  return file;
}

/** The code and the message that a promise rejects with; the file's folder is left out. */
export async function failureOf(promise: Promise<unknown>, file: string): Promise<string> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown === undefined) return "did not fail";
  const { code, message } = toPublishError(thrown);
  return `${code}: ${message.replaceAll(file, "site.yaml")}`;
}
