import { PublishError } from "../../../engine/errors/publish-error.ts";
import { reveal } from "../../../engine/model/secret.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import { type Account, credentialOf } from "../../shared/http/account.ts";
import type { HttpClient, HttpHead } from "../../shared/http/http-client.ts";
import type { PloneOptions } from "./plone-options.ts";

/** A login that worked: the headers to send, and how many logins there have been. */
export interface Ticket {
  readonly headers: Readonly<Record<string, string>>;
  readonly number: number;
}

/** The login of one account, shared by all requests of a source. */
export interface PloneSession {
  /** Names the account in messages. */
  readonly subject: string;
  /** The ticket in hand, or a new one. Throws `unauthorized` naming the account when the CMS refuses it. */
  ticket(context: CallContext): Promise<Ticket>;
  /** A ticket newer than the one that no longer opens anything; the same where nothing is renewed. */
  renew(stale: Ticket, context: CallContext): Promise<Ticket>;
}

const formBytesMax = 1_048_576;

/** Makes the login that an account is configured for. */
export function createPloneSession(
  client: HttpClient,
  origin: string,
  account: PloneOptions["account"],
): PloneSession {
  if ("scheme" in account && account.scheme === "cookie") return createFormSession(client, origin, account);
  const ticket = { headers: credentialOf(account), number: 1 };
  return {
    subject: "name" in account ? subjectOf(account) : `the token in ${account.header}`,
    ticket: async () => ticket,
    renew: async () => ticket,
  };
}

function subjectOf({ name }: Account): string {
  return `the account ${JSON.stringify(name)}`;
}

/**
 * Logs in through the form, as people do: the `__ac` cookie comes only with a right password, a wrong one
 * brings the form back with status 200. However many requests wait for it, one login is on its way at a time.
 */
function createFormSession(client: HttpClient, origin: string, account: Account): PloneSession {
  let current: Ticket | undefined;
  let pending: Promise<Ticket> | undefined;

  const logIn = async (context: CallContext): Promise<Ticket> => {
    const cookie = await postLogin(client, origin, account, context);
    current = { headers: { cookie }, number: (current?.number ?? 0) + 1 };
    return current;
  };
  const join = async (context: CallContext): Promise<Ticket> => {
    pending ??= logIn(context).finally(() => {
      pending = undefined;
    });
    try {
      return await pending;
    } catch (error) {
      const isOthersEnd =
        error instanceof PublishError && error.code === "cancelled" && !context.signal.aborted;
      // The login belonged to a run that was cancelled; this one goes on.
      if (isOthersEnd) return join(context);
      throw error;
    }
  };
  return {
    subject: subjectOf(account),
    ticket: async (context) => current ?? (await join(context)),
    renew: async (stale, context) =>
      current !== undefined && current.number > stale.number ? current : join(context),
  };
}

async function postLogin(
  client: HttpClient,
  origin: string,
  account: Account,
  context: CallContext,
): Promise<string> {
  const form = new URLSearchParams({
    __ac_name: account.name,
    __ac_password: reveal(account.password),
    "form.submitted": "1",
    cookies_enabled: "1",
    js_enabled: "0",
    came_from: "",
  });
  const answer = await client.read(
    {
      method: "POST",
      url: `${origin}/login_form`,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: form.toString(),
      sizeBytesMax: formBytesMax,
    },
    context,
  );
  if (answer.status === 429 || answer.status >= 500)
    throw new PublishError("unavailable", `the cms at ${origin} cannot log in now: status ${answer.status}`);
  const cookie = ticketOf(answer);
  if (cookie === undefined)
    throw new PublishError(
      "unauthorized",
      `the cms at ${origin} refused ${subjectOf(account)}: check its name and password`,
    );
  return cookie;
}

function ticketOf({ cookies }: HttpHead): string | undefined {
  return cookies
    .map((line) => line.split(";")[0]?.trim() ?? "")
    .find((pair) => /^__ac=(?!"?(?:deleted)?"?$)[^\s;]+$/.test(pair));
}
