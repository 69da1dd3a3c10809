import { join } from "node:path";
import { counted } from "../../../engine/model/counted.ts";
import { consume } from "./consumer.ts";
import { deadLinks, look, walk } from "./look.ts";
import type { Narrator } from "./narrator.ts";
import { promoteAll, provedPaths, urlOf } from "./publishing.ts";
import type { StageSet } from "./stage-set.ts";

/**
 * Act one: a schedule stages everything, a person promotes it, the edge is fresh, a consumer pulls the
 * mirror.
 */
export async function firstPublish(set: StageSet, narrator: Narrator): Promise<void> {
  const { engine, content, world } = set;
  narrator.act("Act 1: the first publish of everything");
  narrator.say(`the CMS holds ${content.modules.length} modules; the schedule asks for all of them`);
  const publishes = await engine.until(async () => {
    const runs = (await engine.runs()).filter((run) => run.kind === "publish");
    const open = runs.some((run) => run.endedAt === undefined);
    return runs.length >= content.modules.length && !open ? runs : undefined;
  });
  narrator.check(
    "the schedule staged every module",
    publishes.every((run) => run.state === "succeeded"),
    publishes.map((run) => run.error?.message ?? run.state).join(", "),
  );
  if (publishes.some((run) => run.state !== "succeeded")) throw new Error("without staging there is no demo");
  narrator.say("anna, who may publish and promote, promotes them to production");
  const promotions = await promoteAll(set, narrator);
  narrator.check(
    "every module is live, purged and proved",
    promotions.every((run) => run.state === "succeeded"),
    provedPaths(promotions),
  );
  await checkOrigins(set, narrator);
  await checkEdge(set, narrator);
  await checkMirror(set, narrator);
  await world.assertConnections({ file: engine.connectionsFile, enginePort: engine.port });
  narrator.check("the engine opened every connection, and only configured ones", true);
}

async function checkOrigins(set: StageSet, narrator: Narrator): Promise<void> {
  const { world, content } = set;
  const staging = await walk(world.staging.root);
  const production = await walk(world.production.root);
  const kept = [...staging.keys()].filter((path) => !path.startsWith("/ans15436/"));
  const same = kept.every((path) => production.get(path)?.digest === staging.get(path)?.digest);
  const bytes = [...production.values()].reduce((sum, file) => sum + file.size, 0);
  narrator.check(
    "production holds what staging holds, digest for digest",
    same && production.size === kept.length,
    `${production.size} files, ${bytes} bytes`,
  );
  const hosts = [`127.0.0.1:${world.cms.port}`, ...content.hosts.cms];
  const leaks = [];
  for (const path of production.keys()) {
    if (!/\.(?:htm|html|css)$/.test(path)) continue;
    const { text } = await look(world.production.web.url + urlOf(path));
    if (hosts.some((host) => text.includes(host))) leaks.push(path);
  }
  narrator.check("no page names a host of the CMS", leaks.length === 0, leaks.slice(0, 3).join(", "));
}

async function checkEdge(set: StageSet, narrator: Narrator): Promise<void> {
  const { world, content } = set;
  const production = await walk(world.production.root);
  const homes = content.modules.map((module) => `${module.path}/index.htm`);
  const answers = await Promise.all(homes.map((path) => look(world.edge.url + urlOf(path))));
  narrator.check(
    "readers get every home page from the edge",
    answers.every(
      (answer, n) => answer.status === 200 && answer.digest === production.get(homes[n] ?? "")?.digest,
    ),
  );
  const zips = await walk(world.netstorage.root);
  const answered = await Promise.all([...zips.keys()].map((path) => look(world.edge.url + zipUrlOf(path))));
  narrator.check(
    "zips are at NetStorage, and reached through the edge",
    answered.every((answer, n) => answer.digest === [...zips.values()][n]?.digest),
    counted(zips.size, "file"),
  );
}

async function checkMirror(set: StageSet, narrator: Narrator): Promise<void> {
  const { engine, world, dir } = set;
  const mirrored = await engine.until(async () => {
    const runs = (await engine.runs()).filter((run) => run.kind === "mirror");
    return runs.some((run) => run.endedAt === undefined) ? undefined : runs;
  });
  narrator.check(
    "the mirror has a generation",
    mirrored.length > 0 && mirrored.every((run) => run.state === "succeeded"),
    mirrored
      .map((run) => run.error?.message ?? "")
      .join(" ")
      .trim(),
  );
  const drive = join(dir, "drive");
  const first = await consume(world, drive);
  const files = await walk(drive);
  // How many generations were made by now, each with a list for those who have it, is a matter of speed.
  const content = [...files.keys()].filter((path) => !path.startsWith("/about-this-copy/updates/"));
  narrator.say(
    `a consumer pulls the mirror with ${first.by}: ${content.length} files, lists of updates not counted`,
  );
  const second = await consume(world, drive);
  narrator.check(
    "pulled again, nothing moves",
    first.files > 0 && second.files === 0,
    counted(second.files, "file"),
  );
  const pages = content.filter((path) => /\.html?$/.test(path));
  const dead = (await Promise.all(pages.map((path) => deadLinks(drive, path, files)))).flat();
  narrator.check(
    "every link on the drive is page-relative and leads to a file",
    dead.length === 0,
    `${pages.length} pages${dead.length === 0 ? "" : `; ${dead.length} dead, as ${dead[0]}`}`,
  );
}

function zipUrlOf(path: string): string {
  return urlOf(path.replace(/^\/15436\//, "/ans15436/"));
}
