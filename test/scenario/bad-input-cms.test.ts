import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { type Complaint, expectFailure, expectRecovery } from "./bad-input-checks.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const module = demoPaths.counting;
const page = `${module}/syllabus`;

let stage: Stage;
beforeAll(async () => {
  stage = await setStage({ content: contentOf(module, demoPaths.resource) });
  await stage.done("publish", module);
});
afterAll(() => stage.strike());

let edits = 0;
/** An author edits the page, so that there is something to publish; gives the sentence to look for. */
function editPage(): string {
  edits += 1;
  const sentence = `Edit number ${edits}, to be seen once the fault is gone.`;
  stage.world.cms.edit(page, (html) => `${html}<p>${sentence}</p>`);
  return sentence;
}

async function publishedPage(): Promise<string> {
  return readFile(join(stage.world.staging.root, page, "index.htm"), "utf8");
}

type Fault = Parameters<Stage["world"]["cms"]["inject"]>[0];
const onFile = /\/beans\.pdf$/;
const onPage = /^\/courses\/[^?]*\/syllabus$/;

const lasting: readonly [string, Fault, Complaint][] = [
  [
    "a CMS that nobody answers at",
    { name: "restart" },
    { code: "unavailable", words: /127\.0\.0\.1:\d+.*nothing listens there \(connection refused\)/ },
  ],
  [
    "a wrong password, told from a page with status 200",
    { name: "password-changed" },
    {
      code: "unauthorized",
      words: /the cms at http:\S+ refused the account "ocw-engine": check its name and password/,
    },
  ],
  [
    "a 503 that lasts",
    { name: "answer-503", path: onPage },
    { code: "unavailable", words: /ns-050\S*\/syllabus: status 503 with the exception KeyError/ },
  ],
  [
    "a login form in place of a page",
    { name: "login-form-instead", path: onPage },
    { code: "corrupt", words: /ns-050\S*\/syllabus: the source shows its login form/ },
  ],
  [
    "a body shorter than its Content-Length",
    { name: "truncated-body", path: onPage },
    { code: "corrupt", words: /ns-050\S*\/syllabus: the body of \S+ \S+\/syllabus broke off before its end/ },
  ],
  [
    "an error page that says 200",
    { name: "site-error-200", path: onPage },
    { code: "unavailable", words: /ns-050\S*\/syllabus: status 200 with the exception ConflictError/ },
  ],
  [
    "an empty page",
    { name: "empty-body", path: onPage },
    { code: "corrupt", words: /ns-050\S*\/syllabus: the answer is empty/ },
  ],
  [
    "a web page in place of a PDF",
    { name: "wrong-type", path: onFile },
    {
      code: "corrupt",
      words: /beans\.pdf \(from \S+ns-050\S*\/assignments\): a web page was sent in place of/,
    },
  ],
  [
    "a few kilobytes that unfold to forty million",
    { name: "gzip-bomb", path: onPage },
    {
      code: "corrupt",
      words: /ns-050\S*\/syllabus: the body of \S+ \S+ decompresses to more than \d+ bytes/,
    },
  ],
  [
    "a page that never ends",
    { name: "endless-body", path: onPage },
    { code: "corrupt", words: /ns-050\S*\/syllabus: larger than \d+ bytes/ },
  ],
  [
    "redirects that never end",
    { name: "endless-redirects", path: /\/syllabus\d*$/ },
    { code: "corrupt", words: /ns-050\S*\/syllabus\d+ \(from \S+\): more than 10 redirects in a row/ },
  ],
  [
    "connections that are reset",
    { name: "connection-reset", path: onFile },
    { code: "unavailable", words: /beans\.pdf \(from \S+ns-050\S*\/assignments\): \S+ \S+ failed/ },
  ],
  [
    "a packing slip cut short",
    { name: "truncated-body", path: /ns-050[^/]*\/packageslip\.xml$/ },
    { code: "corrupt", words: /ns-050\S*\/packageslip\.xml broke off before its end/ },
  ],
];

describe("bad input from the CMS", () => {
  it.each(lasting)("%s fails the run and publishes nothing", async (_, fault, complaint) => {
    const sentence = editPage();
    const lift = await stage.world.cms.inject(fault);
    await expectFailure(stage, "publish", module, complaint);
    await lift();
    await expectRecovery(stage, "publish", module);
    expect(await publishedPage()).toContain(sentence);
  });

  it("a 503 in the middle passes by itself", async () => {
    const sentence = editPage();
    const lift = await stage.world.cms.inject({ name: "answer-503", path: onPage, times: 1 });
    await expectRecovery(stage, "publish", module);
    await lift();
    expect(await publishedPage()).toContain(sentence);
    const asked = stage.world.cms.requests().filter(({ path }) => onPage.test(path));
    expect(asked.slice(-2).map(({ status }) => status)).toEqual([503, 200]);
  });

  it("a 429 passes by itself, once it was waited as long as it says", async () => {
    const sentence = editPage();
    const fault = { name: "rate-limit", path: onPage, times: 1, retryAfterS: 1 } as const;
    const lift = await stage.world.cms.inject(fault);
    await expectRecovery(stage, "publish", module);
    await lift();
    expect(await publishedPage()).toContain(sentence);
    const asked = stage.world.cms.requests().filter(({ path }) => onPage.test(path));
    expect(asked.slice(-2).map(({ status }) => status)).toEqual([429, 200]);
    expect(await stage.engine.output()).toMatch(
      /the source asks for patience.*"waitMs":1000|"waitMs":1000.*asks for/,
    );
  });

  it("fails its own module alone", async () => {
    editPage();
    const lift = await stage.world.cms.inject({ name: "login-form-instead", path: onPage });
    await expectFailure(stage, "publish", module, { code: "corrupt", words: /login form/ });
    await expectRecovery(stage, "publish", demoPaths.resource);
    await lift();
  });
});
