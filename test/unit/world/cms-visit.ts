import { afterAll, beforeAll } from "vitest";
import type { Cms } from "../../world/cms/cms.ts";
import { startCms } from "../../world/cms/start-cms.ts";
import type { CmsContent } from "../../world/content/cms-content.ts";
import { demoContent } from "../../world/content/demo-content.ts";

export const reader = { name: "crawler", password: "read only" };
export const workflow = { name: "engine", password: "mark: it" };

/** The Authorization header of HTTP Basic (RFC 7617). */
export const basic = ({ name, password }: { name: string; password: string }): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`,
});

/** Follows no redirect, so that a test sees what the CMS itself says. */
export const ask = (cms: Cms, path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(cms.baseUrl + path, { redirect: "manual", ...init });

/** Asks as the reader, by HTTP Basic. */
export const askAsReader = (cms: Cms, path: string, init: RequestInit = {}): Promise<Response> =>
  ask(cms, path, { ...init, headers: { ...basic(reader), ...init.headers } });

/** A CMS for one test file. */
export const cmsForFile = (content: CmsContent = demoContent()): (() => Cms) => {
  let cms: Cms | undefined;
  beforeAll(async () => {
    cms = await startCms({ content, account: reader, workflowAccount: workflow });
  });
  afterAll(() => cms?.close());
  return () => {
    if (cms === undefined) throw new Error("the CMS is not started yet");
    return cms;
  };
};
