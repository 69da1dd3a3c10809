import { urlPathOf } from "../../../engine/model/site-path.ts";
import { type AdapterTools, defineAdapter } from "../../../engine/ports/adapter.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import type { Source } from "../../../engine/ports/source.ts";
import { hostAndPort } from "../../shared/http/host-and-port.ts";
import { createUndiciClient } from "../../shared/http/undici-client.ts";
import { decodeOrKeep, foldUrl, plainPathOf } from "../../shared/site/fold-url.ts";
import { createModuleListing, type Located } from "../../shared/site/module-listing.ts";
import { type HttpOptions, httpOptions } from "./http-options.ts";
import { judgeAnswer } from "./judge-answer.ts";
import { readSitemaps } from "./read-sitemaps.ts";
import { createSiteReader } from "./site-reader.ts";

const timeouts = { connectMs: 10_000, answerMs: 120_000, idleMs: 60_000 };

/**
 * Any web site as a source: modules from the configuration and from the URLs of its sitemaps, pages by their
 * links, answers judged by their status.
 */
export const httpSource = defineAdapter<Source, HttpOptions>({
  type: "http",
  options: httpOptions,
  hosts: ({ url, allowPrivate }) => [{ host: hostAndPort(url), allowPrivate }],
  create: createHttpSource,
});

function createHttpSource(options: HttpOptions, { name, egress, clock }: AdapterTools): Source {
  const { origin, host } = new URL(options.url);
  const hosts = [host, ...options.aliases];
  const client = createUndiciClient(egress, timeouts);
  const reader = createSiteReader(origin, options.account, client, clock);
  const names = { origin, hosts: new Set(hosts) };
  const fold = (url: URL): URL => foldUrl(url, names);
  const canonical = (url: URL): URL | undefined => {
    const folded = fold(url);
    return folded.origin !== origin || isWanted(folded, origin, options) ? folded : undefined;
  };
  /** The pages of the sitemaps, as far as they are the site's own and may be requested. */
  async function* pages(_: string, context: CallContext): AsyncGenerator<Located & { readonly url: URL }> {
    // Where the configuration alone names the modules, nothing else would tell that the site is there.
    if (options.sitemaps.length === 0) await reader.knock(context);
    const sitemaps = options.sitemaps.map((path) => new URL(origin + path));
    for await (const { url, ...entry } of readSitemaps(sitemaps, fold, reader, context)) {
      const page = canonical(url);
      if (page?.origin !== origin) continue;
      // Any page may be a folder, whether its URL ends in a slash or not.
      yield { ...entry, url: page, path: decodeOrKeep(page.pathname).replace(/\/?$/, "/") };
    }
  }
  const listing = createModuleListing(options.modules, pages);
  return {
    name,
    origin,
    hosts,
    modules: listing.modules,
    async *seeds(module, context) {
      let count = 0;
      for await (const { url } of listing.places(module, context)) {
        count++;
        yield { url: url.href };
      }
      // What no sitemap speaks of is entered by its prefix, and must be there.
      if (count === 0) yield { url: origin + urlPathOf(module.id), form: "page" };
    },
    fetch: reader.fetch,
    judge: judgeAnswer,
    canonical,
    probe(context) {
      const subject = `${name} (http at ${origin})`;
      const advice = "check the url, the sitemaps and the account, and that the site lets this machine in";
      return listing.probe(subject, advice, context);
    },
    async close() {
      client.close();
    },
  };
}

/** True if the options let the URL be requested; they speak of it as people read it. */
function isWanted(url: URL, origin: string, { include, denied }: HttpOptions): boolean {
  const text = plainPathOf(url.href, origin) ?? decodeOrKeep(url.pathname) + decodeOrKeep(url.search);
  if (denied.some((pattern) => pattern.test(text))) return false;
  return include === undefined || include.some((pattern) => pattern.test(text));
}
