import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { createGenerations, type Generations } from "../../../../adapters/destinations/mirror/generations.ts";
import { openLocalFiles } from "../../../../adapters/destinations/mirror/local-files.ts";
import { createDigester } from "../../../../adapters/shared/ssh/digester.ts";
import type { Sftp } from "../../../../adapters/shared/ssh/sftp.ts";

let root: string;
beforeEach(async () => {
  root = await fs.mkdtemp(join(tmpdir(), "generations-"));
  return () => fs.rm(root, { recursive: true });
});

/** The generations as one module makes them; `changed` stands in for requests of the server. */
function generationsOf(owner = "aa", changed: Partial<Sftp> = {}, directoryMode = 0o755): Generations {
  const sftp = { ...openLocalFiles(), ...changed };
  const session = { sftp, shell: undefined, digestFiles: createDigester(sftp, undefined) };
  const rights = { fileMode: 0o644, directoryMode, concurrency: 1, setsAttributes: true, usesShell: false };
  return createGenerations(session, { ...rights, root, holding: `${root}/holding` }, owner);
}

const inFolder = (...names: string[]) => join(root, "generations", ...names);
const names = async () => (await fs.readdir(inFolder())).sort();

/** Makes a generation and makes it current, with a file of its own. */
async function publish(number: number, base?: number): Promise<void> {
  const generations = generationsOf();
  const partial = await generations.begin(number, base);
  await fs.writeFile(join(partial, `${number}.htm`), "");
  await generations.publish(partial, number, base);
}

async function flipBack(number: number): Promise<void> {
  await fs.rm(join(root, "current"));
  await fs.symlink(`generations/${number}`, join(root, "current"));
}

describe("the generations of a mirror", () => {
  it("are not published on top of one that is no more current, though nobody has the number", async () => {
    await publish(1);
    await publish(2, 1);
    const generations = generationsOf();
    const partial = await generations.begin(3, 2);
    await flipBack(1);
    await expect(generations.publish(partial, 3, 2)).rejects.toMatchObject({ code: "conflict" });
    expect(await generations.readCurrent()).toBe(1);
    expect(await generations.numbers()).toEqual([1, 2]);
  });

  it("stop being current anew after a person flipped back to them", async () => {
    await publish(1);
    await publish(2, 1);
    await fs.utimes(inFolder("1.replaced"), 1_000, 1_000);
    await flipBack(1);
    await publish(3, 1);
    expect((await fs.stat(inFolder("1.replaced"))).mtimeMs).toBeGreaterThan(1_000_000);
    await generationsOf().prune(1, 86_400);
    expect(await generationsOf().numbers()).toEqual([1, 2, 3]);
  });

  it("are told apart from each other by the host's clock alone, which may be years ahead", async () => {
    for (const number of [1, 2, 3]) await publish(number, number === 1 ? undefined : number - 1);
    const ahead = Date.now() / 1000 + 3e8;
    await fs.utimes(inFolder("2.replaced"), ahead, ahead);
    await fs.utimes(inFolder("1.replaced"), ahead - 100, ahead - 100);
    await generationsOf().prune(1, 101);
    expect(await generationsOf().numbers()).toEqual([1, 2, 3]);
    await generationsOf().prune(1, 100);
    expect(await generationsOf().numbers()).toEqual([2, 3]);
  });

  it("are in the order of their numbers", async () => {
    for (const number of ["10", "9", "100", "1.replaced", "x", "2.aa.partial"])
      await fs.mkdir(inFolder(number), { recursive: true });
    expect(await generationsOf().numbers()).toEqual([9, 10, 100]);
  });

  it("leave the trees that others are making, but for what can come to nothing", async () => {
    const [mine, other] = [generationsOf("aa"), generationsOf("bb")];
    await publish(1);
    for (const number of [1, 2]) await other.begin(number, undefined);
    const twice = [await mine.begin(2, 1), await mine.begin(2, 1)];
    expect(new Set(twice).size).toBe(2);
    await mine.clear(1);
    expect(await names()).toEqual(["1", expect.stringMatching(/^2\.bb\w+\.partial$/)]);
  });

  it("have no name any more from the moment that their removal begins", async () => {
    for (const number of [1, 2]) await publish(number, number === 1 ? undefined : 1);
    const unlink: Sftp["unlink"] = async (file) => {
      if (file.endsWith(".htm")) throw new Error("the connection broke");
      await openLocalFiles().unlink(file);
    };
    await expect(generationsOf("aa", { unlink }).prune(1, 0)).rejects.toThrow("the connection broke");
    expect(await names()).toEqual(["1.aa.partial", "2"]);
    await generationsOf().clear(2);
    expect(await names()).toEqual(["2"]);
  });

  it("are flipped over what a delivery left that died in between", async () => {
    await publish(1);
    await fs.symlink("generations/7", join(root, ".current-2"));
    await publish(2, 1);
    expect(await fs.readlink(join(root, "current"))).toBe("generations/2");
    expect((await fs.readdir(root)).sort()).toEqual(["current", "generations"]);
  });

  it("begin with the folders of the one before: their rights, and their times", async () => {
    await publish(1);
    await fs.mkdir(inFolder("1/sub/deep"), { recursive: true });
    await fs.writeFile(inFolder("1/sub/deep/a.htm"), "a");
    await fs.chmod(inFolder("1/sub"), 0o2775);
    await fs.utimes(inFolder("1/sub"), 1_000, 1_000);
    await fs.utimes(inFolder("1"), 2_000, 2_000);
    const partial = await generationsOf().begin(2, 1);
    const [whole, sub] = await Promise.all([fs.stat(partial), fs.stat(join(partial, "sub"))]);
    expect([whole.mtimeMs, sub.mtimeMs, sub.mode & 0o7777]).toEqual([2_000_000, 1_000_000, 0o2775]);
    expect((await fs.stat(join(partial, "sub/deep/a.htm"))).nlink).toBe(2);
  });

  it("have the rights that are configured, whatever the server takes away", async () => {
    const mkdir: Sftp["mkdir"] = (folder) => openLocalFiles().mkdir(folder, 0o700);
    const partial = await generationsOf("aa", { mkdir }, 0o775).begin(1, undefined);
    for (const folder of [inFolder(), partial])
      expect((await fs.stat(folder)).mode & 0o777, folder).toBe(0o775);
  });
});
