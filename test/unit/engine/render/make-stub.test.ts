import { expect, test } from "vitest";
import { parseSitePath } from "../../../../engine/model/site-path.ts";
import { makeStub } from "../../../../engine/render/make-stub.ts";
import type { Whereabouts } from "../../../../engine/render/site-view.ts";
import { cms, mirrorWith, publicUrl, source, view } from "./amend/render-amended.ts";

test("a stub of a mirror leads to a file, and is at home where the page is on the live site", async () => {
  const moved: Whereabouts = {
    kind: "here",
    path: parseSitePath("/courses/a/b/index.htm"),
    form: "page",
    url: "/courses/a/b",
  };
  const find = async (url: string) => (url === "/courses/old" ? moved : view.find(url));
  const settings = { source, publicUrl, rules: mirrorWith([]) };
  const stub = await makeStub("/courses/old", { ...view, find }, settings);
  expect(stub?.redirectTo).toBe("/courses/a/b/index.htm");
  expect(stub?.html).toContain('content="0; url=../a/b/index.htm"');
  expect(stub?.html).toContain(`<link rel="canonical" href="${publicUrl}/courses/a/b">`);
  expect(stub?.html).toContain('<meta name="robots" content="noindex">');
  expect(stub?.html).not.toContain(cms);
});
