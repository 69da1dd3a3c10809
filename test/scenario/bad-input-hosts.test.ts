import { mkdir, mkdtemp, readFile, rename, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { createSshKeys, writeKnownHosts } from "../world/hosts/ssh-keys.ts";
import { readTree } from "../world/read-tree.ts";
import { expectFailure, expectRecovery } from "./bad-input-checks.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const module = demoPaths.counting;
const page = `${module}/assignments`;

let stage: Stage;
let elsewhere: string;
let knownHosts: string;
beforeAll(async () => {
  elsewhere = await mkdtemp(join(tmpdir(), "ocw-engine-elsewhere-"));
  knownHosts = join(elsewhere, "known_hosts");
  stage = await setStage({
    content: contentOf(module, demoPaths.resource),
    configure: ({ destinations }) => Object.assign(destinations?.staging ?? {}, { knownHosts }),
  });
  await trustStaging();
  await stage.done("publish", module);
});
afterAll(async () => {
  await stage.strike();
  await rm(elsewhere, { recursive: true });
});

/** The file that the engine looks into lists the key that staging really has, and no other. */
const trustStaging = () => writeFile(knownHosts, `${stage.world.staging.ssh.hostKeyLine}\n`);

function editPage(): void {
  stage.world.cms.edit(page, (html) => `${html}<p>More beans.</p>`);
}

describe("a host key", () => {
  it("that nobody listed is refused, with the line to add once it is confirmed", async () => {
    editPage();
    await writeFile(knownHosts, "");
    const { port, hostKeyLine } = stage.world.staging.ssh;
    const run = await expectFailure(stage, "publish", module, {
      code: "unauthorized",
      words: new RegExp(
        `host key of \\[127\\.0\\.0\\.1\\]:${port} is unknown: it showed ssh-ed25519 SHA256:`,
      ),
    });
    expect(run.error?.message).toContain(`add this line to ${knownHosts}: ${hostKeyLine}`);
    await trustStaging();
    await expectRecovery(stage, "publish", module);
  });

  it("that has changed is refused loudly, and no line is offered for it", async () => {
    editPage();
    const { port } = stage.world.staging.ssh;
    const keys = await createSshKeys(join(elsewhere, "another-host"), "ed25519");
    const { hostKeyLine } = await writeKnownHosts(join(elsewhere, "another-host"), keys, port);
    await writeFile(knownHosts, `${hostKeyLine}\n`);
    const run = await expectFailure(stage, "publish", module, {
      code: "unauthorized",
      words: new RegExp(
        `host key of \\[127\\.0\\.0\\.1\\]:${port} HAS CHANGED: it showed .* nothing was sent`,
      ),
    });
    expect(run.error?.message).not.toContain("add this line");
    await trustStaging();
    await expectRecovery(stage, "publish", module);
  });
});

describe("a symlink at the destination that leads out of the root", () => {
  it("in the place of a folder of the module is refused, and what it leads to is untouched", async () => {
    const folder = stage.world.staging.root + page;
    const outside = join(elsewhere, "assignments");
    await rename(folder, outside);
    await symlink(outside, folder);
    await writeFile(join(outside, "private.txt"), "not published\n");
    const before = await readTree(outside);
    editPage();
    const run = await expectFailure(stage, "publish", module, {
      code: "refused",
      words: /assignments is a symlink that leads to \S+, out of \S+\/www/,
    });
    expect(run.error?.message).toContain(`${page}/index.htm`);
    expect(await readTree(outside)).toEqual(before);
    await unlink(folder);
    await rename(outside, folder);
    await unlink(join(folder, "private.txt"));
    await expectRecovery(stage, "publish", module);
  });

  it("above a module that was never published is refused before anything is sent", async () => {
    const { root } = stage.world.staging;
    const outside = join(elsewhere, "resources");
    await mkdir(outside);
    await symlink(outside, join(root, "resources"));
    await expectFailure(stage, "publish", demoPaths.resource, {
      code: "refused",
      words: /\/resources\S* .*symlink that leads to \S+, out of \S+\/www/,
    });
    expect(await readTree(outside)).toEqual(new Map());
    await unlink(join(root, "resources"));
    await expectRecovery(stage, "publish", demoPaths.resource);
  });

  it("in the place of a file is refused too, and what it leads to keeps its bytes", async () => {
    const file = join(stage.world.staging.root, page, "index.htm");
    const outside = join(elsewhere, "index.htm");
    await rename(file, outside);
    await symlink(outside, file);
    const before = await readFile(outside);
    editPage();
    await expectFailure(stage, "publish", module, {
      code: "refused",
      words: /assignments\/index\.htm .*symlink/,
    });
    expect(await readFile(outside)).toEqual(before);
    await unlink(file);
    await rename(outside, file);
    await expectRecovery(stage, "publish", module);
  });
});
