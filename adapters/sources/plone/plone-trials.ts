import { load } from "cheerio";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { ModuleRef } from "../../../engine/model/module.ts";
import { urlPathOf } from "../../../engine/model/site-path.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import type { HttpClient } from "../../shared/http/http-client.ts";
import type { PloneOptions } from "./plone-options.ts";
import type { PloneReader } from "./plone-reader.ts";
import type { PloneSession } from "./plone-session.ts";
import type { Trial } from "./probe-plone.ts";

/** What the trials are made with. */
export interface TrialParts {
  readonly options: PloneOptions;
  readonly origin: string;
  readonly client: HttpClient;
  readonly session: PloneSession;
  readonly reader: PloneReader;
  listModules(context: CallContext): Promise<readonly ModuleRef[]>;
}

const pageBytesMax = 16 * 2 ** 20;

/** What `doctor` tries with a CMS, in this order. */
export function trialsOf(parts: TrialParts): readonly Trial[] {
  const { options, session, listModules } = parts;
  return [
    {
      name: "reachable",
      advice: "check the url, and that the cms runs and lets this machine in",
      attempt: (context) => reach(parts, context),
    },
    {
      name: "login",
      advice: "check the account's name and password in the cms and in the configuration",
      async attempt(context) {
        // A ticket in hand says nothing of the password as it is now.
        const ticket = await session.ticket(context);
        const renewed = await session.renew(ticket, context);
        const { subject } = session;
        return renewed === ticket ? `sends ${subject} with each request` : `logged in as ${subject}`;
      },
    },
    {
      name: "listing",
      advice: `check that the cms has the view ${options.listing} and that the account may see it`,
      attempt: async (context) => `${(await listModules(context)).length} modules`,
    },
    {
      name: "reader only",
      advice: "give the account the Reader role only: a crawl must not be able to change anything",
      attempt: (context) => seeNoEditLink(parts, context),
    },
  ];
}

async function reach({ client, origin }: TrialParts, context: CallContext): Promise<string> {
  const request = { method: "GET", url: `${origin}/login_form`, sizeBytesMax: 1_048_576 } as const;
  const { status } = await client.read(request, context);
  if (status >= 500) throw new PublishError("unavailable", `the cms answers with status ${status}`);
  return `answers with status ${status}`;
}

/** Looks at a page as the account sees it. What the links lead to is never requested. */
async function seeNoEditLink(parts: TrialParts, context: CallContext): Promise<string> {
  const { options, origin, reader, session, listModules } = parts;
  const modules = await listModules(context);
  const module = modules.find(({ state }) => state === "published") ?? modules[0];
  if (module === undefined) return "no module to look at";
  const html = await reader.readText(origin + urlPathOf(module.id), pageBytesMax, context);
  if (load(html)(options.editLink).length > 0)
    throw new PublishError("refused", `${session.subject} sees a link to edit ${module.id}`);
  return `${session.subject} sees no link to edit ${module.id}`;
}
