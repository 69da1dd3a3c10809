import { access } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CmsModule } from "../world/content/cms-content.ts";
import { demoContent } from "../world/content/demo-content.ts";
import { demoPaths } from "../world/content/demo-names.ts";
import { makeFile, makeFolder, makePage } from "../world/content/make-object.ts";
import { everythingPublished, expectFailure, expectRecovery } from "./bad-input-checks.ts";
import { type Stage, setStage } from "./stage.ts";

const module = demoPaths.counting;
const foreignUrl = "http://127.0.0.1:9/stolen.txt";
const pwned = "climbed out of the root\n";
const pwnedFile = (path: string) => makeFile(path, "text/plain", () => Buffer.from(pwned), true);

/** A module like any other, but that its packing slip declares what stands at another host. */
const foreign: CmsModule = {
  path: "/courses/numbers-and-shapes/ns-666-foreign-fall-2018",
  kind: "course",
  title: "Foreign",
  state: "scheduled_for_staging",
  history: [],
  shortId: "ns-666",
  departmentCode: "NS",
  zipRequired: false,
  dependents: [],
  objects: [
    makeFolder("/courses/numbers-and-shapes/ns-666-foreign-fall-2018", "Foreign"),
    makePage("/courses/numbers-and-shapes/ns-666-foreign-fall-2018/index.htm", "Home", "<p>Home.</p>"),
    pwnedFile(foreignUrl),
  ],
};

let stage: Stage;
beforeAll(async () => {
  const content = demoContent();
  const modules = content.modules.filter(({ path }) => path === module);
  stage = await setStage({ content: { ...content, modules: [...modules, foreign] } });
  await stage.done("publish", module);
});
afterAll(() => stage.strike());

/**
 * Where climbing paths would come out, had anything followed them: around the root, and at the top of the
 * disk.
 */
async function expectNothingOutside(): Promise<void> {
  const { root } = stage.world.staging;
  for (const path of [join(root, "../stolen.txt"), join(root, "../../stolen.txt"), "/stolen.txt"])
    await expect(access(path), path).rejects.toMatchObject({ code: "ENOENT" });
}

const declared: readonly [string, string][] = [
  ["segments that climb", "/../../../../stolen.txt"],
  ["escaped segments that climb", "/%2e%2e/%2E%2E/.%2e/%2e./stolen.txt"],
  ["an escaped slash", "/..%2f..%2f..%2f..%2fstolen.txt"],
  ["a backslash", "/..\\..\\..\\..\\stolen.txt"],
  ["an escaped backslash", "/..%5c..%5c..%5c..%5cstolen.txt"],
  ["a NUL", "/stolen.txt\0.pdf"],
  ["an escaped NUL", "/stolen.txt%00.pdf"],
  ["a line break", "/stolen.txt\nresource"],
];

describe("a packing slip that declares", () => {
  it.each(declared)("%s is refused whole, and nothing leaves the root", async (_, suffix) => {
    const { cms } = stage.world;
    const path = module + suffix;
    cms.add(module, pwnedFile(path));
    const asked = cms.requests().length;
    const run = await expectFailure(stage, "publish", module, {
      code: "corrupt",
      words: /the packing slip of \S+ns-050\S+ names a path that climbs or hides a separator/,
    });
    expect(run.error?.message).toContain(JSON.stringify(path).slice(1, 40));
    // Not one of its resources was asked for: a slip that lies once is not believed at all.
    const requests = cms.requests().slice(asked);
    expect(requests.map((request) => request.path)).toEqual(["/module_listing", `${module}/packageslip.xml`]);
    await expectNothingOutside();
    cms.remove(path);
    await expectRecovery(stage, "publish", module);
  });

  it("a URL of another host is refused, and that host is never asked", async () => {
    await expectFailure(stage, "publish", foreign.path, {
      code: "refused",
      words: /ns-666\S* declares http:\/\/127\.0\.0\.1:9\/stolen\.txt, which is not at http:/,
    });
    stage.world.cms.remove(foreignUrl);
    await expectRecovery(stage, "publish", foreign.path);
  });
});

const linked: readonly [string, string, RegExp][] = [
  [
    "a backslash in its name",
    `${module}/assignments/..\\..\\stolen.txt`,
    /unsafe path .*: it holds a backslash/,
  ],
  ["a line break in its name", `${module}/assignments/stolen\n.txt`, /unsafe path .*control character/],
  ["a name longer than any file's", `${module}/${"s".repeat(256)}`, /a segment is longer than 255 bytes/],
];

describe("a link to a file that the CMS really has, with", () => {
  it.each(linked)("%s fails the run, naming the file and the page", async (_, path, why) => {
    const { cms } = stage.world;
    cms.add(
      module,
      makeFile(path, "text/plain", () => Buffer.from(pwned)),
    );
    const href = encodeURI(path).replaceAll("\\", "%5C");
    cms.edit(`${module}/syllabus`, (html) => `${html}<a href="${href}">x</a>`);
    const run = await expectFailure(stage, "publish", module, { code: "corrupt", words: why });
    expect(run.error?.message).toContain(`(from ${module}/syllabus)`);
    await expectNothingOutside();
    cms.remove(path);
    cms.edit(`${module}/syllabus`, (html) => html.replace(/<a href="[^"]*">x<\/a>$/, ""));
    await expectRecovery(stage, "publish", module);
  });
});

describe("a page with links that lead out of everything", () => {
  it("is published as a reader's browser reads it, and no request follows them", async () => {
    const { cms, staging } = stage.world;
    const links = [
      "../../../../../../../../stolen.txt",
      "%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/stolen.txt",
      "..\\..\\..\\..\\..\\stolen.txt",
      "/stolen.txt",
      "//127.0.0.1:9/stolen.txt",
      foreignUrl,
      "file:///etc/passwd",
      `${cms.baseUrl}//`,
      `${cms.baseUrl}//127.0.0.1:9/stolen.txt`,
      "/caf%E9/stolen.txt",
      "http://[",
    ];
    const html = links.map((href) => `<a href="${href}">x</a>`).join("\n");
    cms.edit(`${module}/syllabus`, (before) => `${before}\n${html}`);
    const before = Object.keys(await everythingPublished(stage));
    const asked = cms.requests().length;
    await expectRecovery(stage, "publish", module);
    expect(Object.keys(await everythingPublished(stage))).toEqual(before);
    const followed = cms.requests().slice(asked);
    expect(followed.filter(({ path }) => path.includes("stolen"))).toEqual([]);
    const text = await (await fetch(`${staging.web.url}${module}/syllabus/`)).text();
    for (const href of links.filter((each) => !each.startsWith(cms.baseUrl))) expect(text).toContain(href);
    expect(text).not.toContain(cms.baseUrl);
    await expectNothingOutside();
  });
});
