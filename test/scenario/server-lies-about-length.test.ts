import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { followRequests, serve, setCrawlStage } from "./crawl-stage.ts";
import { digestsAt } from "./seen-files.ts";
import { contentOf, type Stage } from "./stage.ts";

const { counting } = demoPaths;
const file = `${counting}/assignments/beans.pdf`;
const pdf = (edition: string, sizeBytes = 100_000) =>
  Buffer.alloc(sizeBytes, `%PDF-1.4 beans, counted for the ${edition} time\n`);
let stage: Stage;

beforeAll(async () => {
  stage = await setCrawlStage(contentOf(counting));
  await stage.publishAndPromote(counting);
});
afterAll(() => stage.strike());

describe("promise 8: a server that lies about the length of a body", () => {
  it.each([
    ["more", 900],
    ["fewer", -900],
  ])("that promises %s bytes than it sends is not believed", async (edition, byBytes) => {
    const { cms, staging } = stage.world;
    const before = await digestsAt(staging.root);
    cms.replace(file, pdf(`${edition} bytes`));
    const lift = await cms.inject({ name: "wrong-length", path: /beans\.pdf$/, byBytes });
    const run = await stage.run("publish", counting);
    await lift();
    expect(run).toMatchObject({ state: "failed", plans: [] });
    expect(run.error?.message).toContain(`${file} (from ${counting}/assignments)`);
    expect(await digestsAt(staging.root)).toEqual(before);
  });

  it("that breaks off again and again is asked for the rest alone, by the next run too", async () => {
    const { cms, staging } = stage.world;
    const before = await digestsAt(staging.root);
    const whole = pdf("whole", 2_500_000);
    cms.replace(file, whole);
    const lift = await cms.inject({ name: "broken-at-byte", path: /beans\.pdf$/, atByte: 1_200_000 });
    const answers = async (state: string) => {
      const requests = followRequests(stage);
      expect(await stage.run("publish", counting)).toMatchObject({ state });
      return requests().flatMap(({ path, status }) => (path === file ? [status] : []));
    };
    expect((await answers("failed")).filter((status) => status === 206)).toHaveLength(1);
    expect(await digestsAt(staging.root)).toEqual(before);
    expect((await answers("succeeded")).filter((status) => status === 206)).toHaveLength(1);
    await lift();
    await stage.done("promote", counting);
    expect((await serve(stage, file)).text === whole.toString("latin1")).toBe(true);
  });

  it("whose file is another one when it is asked for the rest gives the other one, whole", async () => {
    const { cms } = stage.world;
    cms.replace(file, pdf("third", 2_500_000));
    const other = pdf("fourth", 2_500_000);
    const lift = await cms.inject({
      name: "broken-at-byte",
      path: /beans\.pdf$/,
      atByte: 1_200_000,
      times: 1,
    });
    const replaced = cms.when(/beans\.pdf$/, () => cms.replace(file, other), 2);
    await stage.publishAndPromote(counting);
    await replaced;
    await lift();
    expect((await serve(stage, file)).text === other.toString("latin1")).toBe(true);
  });
});
