import { look } from "./look.ts";
import type { Narrator } from "./narrator.ts";
import { describe, done, secondsOf, urlOf } from "./publishing.ts";
import type { StageSet } from "./stage-set.ts";

/** The page of the acts after the first: one that is edited, and one beside it that is not. */
export interface Subject {
  readonly module: string;
  readonly page: string;
  readonly url: string;
  readonly untouchedUrl: string;
}

/** Chooses a course with two pages below its home. */
export function chooseSubject(set: StageSet): Subject {
  for (const module of set.content.modules) {
    if (module.kind !== "course") continue;
    const pages = module.objects.filter((each) => each.kind === "page" && each.folderish);
    const [page, other] = pages;
    if (page === undefined || other === undefined) continue;
    const { url } = set.world.edge;
    return {
      module: module.path,
      page: page.path,
      url: `${url}${urlOf(page.path)}/`,
      untouchedUrl: `${url}${urlOf(other.path)}/`,
    };
  }
  throw new Error("the content has no course with two pages");
}

/** Writes a sentence at the end of a page in the CMS. */
export function editPage(set: StageSet, subject: Subject, sentence: string): void {
  set.world.cms.edit(subject.page, (html) => `${html}\n<p>${sentence}</p>`);
}

/** Act two: one page is edited and its course published again; only what changed moves and is purged. */
export async function editOnePage(set: StageSet, narrator: Narrator, subject: Subject): Promise<void> {
  narrator.act("Act 2: one page is edited");
  const sentence = "The tide table was corrected on Friday.";
  await look(subject.url);
  await look(subject.untouchedUrl);
  editPage(set, subject, sentence);
  narrator.say(`an author edits ${subject.page} and presses publish`);
  const pressedAtMs = Date.now();
  const publish = await done(set, "publish", subject.module);
  await tellPlan(set, narrator, publish.id);
  narrator.say(`  staging: ${describe(publish)}`);
  const promote = await done(set, "promote", subject.module);
  const fresh = await look(subject.url);
  const seconds = ((Date.now() - pressedAtMs) / 1000).toFixed(1);
  narrator.say(`  production: ${describe(promote)}`);
  for (const stage of promote.stages)
    if (["deliver", "purge", "proof"].includes(stage.name)) narrator.say(`    ${stage.name}: ${stage.note}`);
  narrator.check(
    "the edge serves the new page",
    fresh.text.includes(sentence),
    `${seconds} s after the press`,
  );
  const untouched = await look(subject.untouchedUrl);
  narrator.check("an untouched page is still a cache hit", untouched.cache === "TCP_HIT", untouched.cache);
  narrator.check(
    "one page was put at production, nothing else",
    promote.plans.reduce((sum, plan) => sum + plan.puts + plan.removals, 0) === 1,
    `${secondsOf(promote)} s`,
  );
}

async function tellPlan(set: StageSet, narrator: Narrator, run: number): Promise<void> {
  const { body } = await set.engine.api("GET", `/api/runs/${run}/plan`);
  const { changes } = body as {
    changes: { destination: string; kind: string; path: string; reason: string }[];
  };
  for (const { destination, kind, path, reason } of changes)
    narrator.say(`  plan: ${kind} ${path} at ${destination}, because: ${reason}`);
}
