import { afterAll, beforeAll, expect, it } from "vitest";
import { look } from "../../scripts/lib/demo/look.ts";
import { demoPaths } from "../world/content/demo-names.ts";
import { openPurges } from "./engine-state.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { resource } = demoPaths;
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({
    content: contentOf(resource),
    configure(config, { edge }) {
      // Another name of the same edge, which the purge API takes for somebody else's host.
      const stranger = { ...Object(config.edges?.cdn), origin: `http://localhost:${edge.port}` };
      config.edges = { stranger, ...config.edges };
      config.places = {
        ...config.places,
        production: { ...Object(config.places?.production), edges: ["stranger", "cdn"] },
      };
    },
  });
  await stage.done("publish", resource);
  await stage.run("promote", resource);
});
afterAll(() => stage.strike());

it("promise 5: a host that the CDN refuses is told and owed, and holds no other host up", async () => {
  const { cms, edge, purge } = stage.world;
  const url = `${edge.url}${resource}/sheets/`;
  await look(url);
  const sent = purge.accepted().length;
  cms.edit(`${resource}/sheets`, (html) => `${html}<p>In green ink.</p>`);
  await stage.done("publish", resource);
  const promote = await stage.run("promote", resource);
  expect(promote).toMatchObject({ state: "partly", error: { code: "refused" } });
  expect(promote.error?.message).toContain(`http://localhost:${edge.port}${resource}/sheets`);
  const hosts = purge
    .accepted()
    .slice(sent)
    .flatMap(({ objects }) => objects.map((url) => new URL(String(url)).host));
  expect(new Set(hosts)).toEqual(new Set([edge.host]));
  expect(openPurges(stage)).toBeGreaterThan(0);
  await stage.engine.until(async () => ((await look(url)).text.includes("In green ink.") ? true : undefined));
});
