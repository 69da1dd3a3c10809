import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { driveFormat } from "../../../../engine/drive/drive-format.ts";
import { measureFiles } from "../../../../engine/drive/measure-files.ts";
import { planDrive } from "../../../../engine/drive/plan-drive.ts";
import { type DriveModule, type DriveRequest, driveFileSystems } from "../../../../engine/model/drive.ts";
import { parseModuleId } from "../../../../engine/model/module.ts";

const mb = 1_000_000;
const base = { files: 10, bytes: 1000, space: mb };
const request: DriveRequest = { sizeBytes: 100 * mb, fileSystem: "exfat", without: [], priority: [] };

function moduleOf(path: string, space: number): DriveModule {
  return { module: parseModuleId(path), files: 3, bytes: space, space };
}

const someModules = fc
  .uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 60 })
  .chain((numbers) =>
    fc.tuple(
      ...numbers.map((number) =>
        fc.nat({ max: 30 * mb }).map((space) => moduleOf(`/courses/d${number % 7}/c${number}`, space)),
      ),
    ),
  );
const someRequest = fc.record({
  sizeBytes: fc.integer({ min: 64 * mb, max: 4000 * mb }),
  fileSystem: fc.constantFrom(...driveFileSystems),
  without: fc.constant([]),
  priority: fc.array(
    fc.nat({ max: 7 }).map((number) => `/courses/d${number}`),
    { maxLength: 4 },
  ),
});

describe("a plan of a drive", () => {
  test("takes the priority list in its order, then the rest by path, and tries smaller ones", () => {
    const modules = [
      moduleOf("/courses/b/large", 60 * mb),
      moduleOf("/courses/a/one", 20 * mb),
      moduleOf("/courses/c/first", 50 * mb),
    ];
    const plan = planDrive({ ...request, priority: ["/courses/c", "/courses/none"] }, base, modules);
    expect(plan.chosen.map(({ module }) => module)).toEqual(["/courses/c/first", "/courses/a/one"]);
    expect(plan.leftOut).toEqual([{ ...modules[0], reason: "no room" }]);
    expect(plan.unknown).toEqual(["/courses/none"]);
    expect(plan.spaceBytes).toBe(71 * mb);
  });

  test("holds only what was asked for, and no module that the file system cannot keep", () => {
    const broken = { ...moduleOf("/courses/a/broken", mb), obstacle: "too large" };
    const modules = [broken, moduleOf("/courses/a/one", mb), moduleOf("/courses/b/two", mb)];
    const plan = planDrive({ ...request, courses: ["/courses/a"] }, base, modules);
    expect(plan.chosen.map(({ module }) => module)).toEqual(["/courses/a/one"]);
    expect(plan.leftOut.map(({ module, reason }) => [module, reason])).toEqual([
      ["/courses/a/broken", "too large"],
    ]);
  });

  test("is refused if not even the front door fits", () => {
    expect(() => planDrive(request, { ...base, space: 100 * mb }, [])).toThrow("the front door need");
  });

  test("never exceeds the room, and does not depend on the order in which modules come", () => {
    fc.assert(
      fc.property(someRequest, someModules, (asked, modules) => {
        const plan = planDrive(asked, base, modules);
        const sum = plan.chosen.reduce((total, { space }) => total + space, base.space);
        expect(plan.spaceBytes).toBe(sum);
        expect(sum).toBeLessThanOrEqual(plan.roomBytes);
        expect(plan.roomBytes).toBeLessThan(asked.sizeBytes);
        expect(plan.chosen.length + plan.leftOut.length).toBe(modules.length);
        expect(planDrive(asked, base, modules.toReversed())).toEqual(plan);
      }),
    );
  });

  test("a larger drive keeps all from the start of the order to the first that was left out", () => {
    fc.assert(
      fc.property(someRequest, someModules, fc.nat({ max: 1000 * mb }), (asked, modules, more) => {
        const small = planDrive(asked, base, modules);
        const large = planDrive({ ...asked, sizeBytes: asked.sizeBytes + more }, base, modules);
        const all = planDrive({ ...asked, sizeBytes: 10 ** 13, fileSystem: "exfat" }, base, modules).chosen;
        const taken = new Set(small.chosen.map(({ module }) => module));
        const end = all.findIndex(({ module }) => !taken.has(module));
        const prefix = all.slice(0, end === -1 ? all.length : end).map(({ module }) => module);
        expect(large.chosen.slice(0, prefix.length).map(({ module }) => module)).toEqual(prefix);
      }),
    );
  });
});

describe("what files need", () => {
  test("counts whole clusters, folders and slots of long names", async () => {
    const format = driveFormat("fat32", 4_000 * mb);
    expect(format.clusterBytes).toBe(4096);
    const need = await measureFiles([{ path: "/a/fourteen-chars", size: 4097 }], format);
    const slots = 1 + Math.ceil("fourteen-chars".length / 13) + 1 + 1;
    const lines = 3 * (67 + "/a/fourteen-chars".length);
    expect(need).toEqual({ files: 3, bytes: 4097, space: 2 * 4096 + 2 * 4096 + slots * 32 + lines });
  });

  test("names what FAT32 cannot keep: 4 GiB in one file, 65,534 slots in one folder", async () => {
    const format = driveFormat("fat32", 64_000 * mb);
    const large = { path: "/a/film.mp4", size: 2 ** 32 - 1 };
    expect((await measureFiles([large], format)).obstacle).toBeUndefined();
    expect((await measureFiles([{ ...large, size: 2 ** 32 }], format)).obstacle).toContain("/a/film.mp4");
    const names = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ path: `/a/n${index}`, size: 1 }));
    expect((await measureFiles(names(32_767), format)).obstacle).toBeUndefined();
    expect((await measureFiles(names(32_768), format)).obstacle).toContain("in the folder /a");
  });

  test("two groups together never need more than their sum", async () => {
    const file = fc.record({
      path: fc.stringMatching(/^\/[ab](?:\/[ab]{1,20}){1,3}$/),
      size: fc.nat({ max: 10 * mb }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...driveFileSystems),
        fc.array(file),
        fc.array(file),
        async (fileSystem, one, other) => {
          const format = driveFormat(fileSystem, 32_000 * mb);
          const [a, b, both] = await Promise.all(
            [one, other, [...one, ...other]].map((files) => measureFiles(files, format)),
          );
          expect(both?.space).toBeLessThanOrEqual((a?.space ?? 0) + (b?.space ?? 0));
        },
      ),
    );
  });
});
