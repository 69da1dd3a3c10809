import { editPage, type Subject } from "./edit-one-page.ts";
import { look } from "./look.ts";
import type { Narrator } from "./narrator.ts";
import { describe, done } from "./publishing.ts";
import { asStaff, restartEngine, type StageSet } from "./stage-set.ts";

/**
 * Act three: the engine dies between commit and purge, comes back, and purges what it owes; then a rollback.
 */
export async function killAndReturn(set: StageSet, narrator: Narrator, subject: Subject): Promise<void> {
  const { world } = set;
  narrator.act("Act 3: the engine is killed between commit and purge");
  const before = await look(subject.url);
  const sentence = "This sentence survives a kill.";
  editPage(set, subject, sentence);
  await done(set, "publish", subject.module);
  world.purge.inject("hang");
  const promotion = await asStaff(set).request("promote", subject.module);
  await world.purge.untilHeld();
  await set.engine.kill();
  world.purge.clearFaults("drop");
  narrator.say("production is committed and verified, the purge was on its way: kill -9");
  const origin = await look(world.production.web.url + new URL(subject.url).pathname);
  narrator.check("the origin has the new page", origin.text.includes(sentence));
  const old = await look(subject.url);
  narrator.check("the edge still serves the old bytes", old.digest === before.digest, old.cache);
  await restartEngine(set);
  narrator.say("the engine starts again");
  const run = await set.engine.untilRun(promotion.id);
  const fresh = await look(subject.url);
  narrator.check(
    "the purge it owed was sent: the edge serves the new page",
    fresh.text.includes(sentence),
    describe(run),
  );

  narrator.act("Act 4: a rollback");
  const rollback = await done(set, "rollback", subject.module, { place: "production" });
  const back = await look(subject.url);
  narrator.check("the edge serves the page as it was", back.digest === before.digest, describe(rollback));
}
