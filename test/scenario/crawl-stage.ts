import { watch } from "node:fs";
import { join } from "node:path";
import { look, type SeenAnswer } from "../../scripts/lib/demo/look.ts";
import { urlOf } from "../../scripts/lib/demo/publishing.ts";
import type { CmsContent } from "../world/content/cms-content.ts";
import { type Stage, setStage } from "./stage.ts";

/**
 * A stage for a crawl in trouble: staging and production are two origins, with nothing behind or before them.
 * `crawl` changes that section of the configuration.
 */
export function setCrawlStage(
  content: CmsContent,
  crawl: Readonly<Record<string, unknown>> = {},
): Promise<Stage> {
  return setStage({
    content,
    prefer: { ssh: "ssh2", web: "static" },
    configure: (config) => {
      config.crawl = { ...config.crawl, ...crawl };
      config.places = { staging: { origins: ["staging"] }, production: { origins: ["production"] } };
    },
  });
}

/** What readers get at a path of the site. */
export function serve(
  { world }: Stage,
  path: string,
  place: "staging" | "production" = "production",
): Promise<SeenAnswer> {
  return look(world[place].web.url + urlOf(path));
}

/** Resolves when the engine's log says something: what ops see that is of no single run. */
export async function untilLogged(stage: Stage, words: RegExp): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const read = (): void => {
    stage.engine.output().then((text) => words.test(text) && resolve(), reject);
  };
  const watcher = watch(join(stage.stateFolder, "../engine.log"), read);
  read();
  await promise.finally(() => watcher.close());
}

/** Marks a place in the CMS's log; the function gives the requests for documents that came after it. */
export function followRequests({ world: { cms } }: Stage) {
  const before = cms.requests().length;
  return () =>
    cms
      .requests()
      .slice(before)
      .filter(({ path }) => !/^\/(?:login_form|module_listing)/.test(path));
}
