import { parseArgs } from "node:util";
import { chooseSubject, editOnePage } from "./edit-one-page.ts";
import { firstPublish } from "./first-publish.ts";
import { keepRunning } from "./keep.ts";
import { killAndReturn } from "./kill-and-return.ts";
import { createNarrator } from "./narrator.ts";
import { setStage, strikeStage } from "./stage-set.ts";

const { values } = parseArgs({
  options: { keep: { type: "boolean", default: false }, content: { type: "string" } },
});
const narrator = createNarrator((line) => process.stdout.write(`${line}\n`));
narrator.act("The world: CMS, staging, production, NetStorage, purge API, edge, mirror; and one engine");
const set = await setStage(values.content);
const { ssh, web, rsync } = set.world.parts();
narrator.say(`SSH by ${ssh}, web by ${web}, rsync daemon: ${rsync}`);
try {
  await firstPublish(set, narrator);
  const subject = chooseSubject(set);
  await editOnePage(set, narrator, subject);
  await killAndReturn(set, narrator, subject);
  const { failures, checked } = narrator;
  narrator.act(`${checked - failures.length} of ${checked} checks hold`);
  process.exitCode = failures.length === 0 ? 0 : 1;
  if (values.keep) await keepRunning(set, narrator);
} catch (error) {
  process.stderr.write(`${await set.engine.output()}\n`);
  throw error;
} finally {
  await strikeStage(set);
}
