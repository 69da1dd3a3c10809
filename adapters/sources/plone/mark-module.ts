import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { ModuleRef } from "../../../engine/model/module.ts";
import { urlPathOf } from "../../../engine/model/site-path.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import type { MarkEvent } from "../../../engine/ports/source.ts";
import { type Account, credentialOf } from "../../shared/http/account.ts";
import type { HttpClient } from "../../shared/http/http-client.ts";
import { leadsToLogin } from "./judge-answer.ts";

/**
 * Fires the workflow transition that tells the CMS a module went live. Plone answers a transition that was
 * made with a redirect to the object. Throws `unauthorized` naming the account, `conflict` when the module's
 * state does not allow the transition, `not-found`, `unavailable`.
 */
export async function markModule(
  client: HttpClient,
  origin: string,
  account: Account,
  module: ModuleRef,
  event: MarkEvent,
  context: CallContext,
): Promise<void> {
  const action = `mark_${event}`;
  const url = `${origin}${urlPathOf(module.id)}/content_status_modify`;
  const { status, headers } = await client.read(
    {
      method: "POST",
      url,
      // Sent with the request itself, so the call-back needs no session beside the reader's.
      headers: {
        ...credentialOf(account),
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams({ workflow_action: action }).toString(),
      sizeBytesMax: 1_048_576,
    },
    context,
  );
  const { location } = headers;
  const target =
    location !== undefined && URL.canParse(location, url) ? new URL(location, url).href : undefined;
  if (status === 401 || status === 403 || leadsToLogin(target))
    throw new PublishError(
      "unauthorized",
      `the cms lets the account ${JSON.stringify(account.name)} not ${action} ${module.id}: check its rights`,
    );
  if (status === 302 && target !== undefined) return;
  if (status === 404) throw new PublishError("not-found", `the cms has no module ${module.id} to ${action}`);
  if (status === 429 || status >= 500)
    throw new PublishError("unavailable", `the cms could not ${action} ${module.id}: status ${status}`);
  throw new PublishError(
    "conflict",
    `the cms did not ${action} ${module.id} (status ${status}): its workflow state may not allow it`,
  );
}
