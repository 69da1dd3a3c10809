import { createServer } from "node:http";
import type { Cms, CmsOptions } from "./cms.ts";
import { cmsEditor } from "./cms-editor.ts";
import { cmsIndex } from "./cms-index.ts";
import type { CmsTrait } from "./cms-trait.ts";
import { faultBoard } from "./faults.ts";
import { loopbackPort } from "./loopback-port.ts";
import { requestDesk } from "./request-desk.ts";
import { cmsSessions } from "./sessions.ts";

/**
 * Starts a CMS on 127.0.0.1 that behaves over HTTP as Zope 2.10 with Plone 3.3 does: private pages, a
 * login form with status 200, pages without validators, files with them, acquisition, lying HEAD answers.
 */
export const startCms = async ({ content, account, workflowAccount, port = 0 }: CmsOptions): Promise<Cms> => {
  const index = cmsIndex(content);
  const sessions = cmsSessions([account, workflowAccount]);
  const board = faultBoard();
  const desk = requestDesk(board);
  const workflowName = workflowAccount.name;
  const traits = new Set<CmsTrait>();
  let counted = 0;
  const count = (): number => ++counted;
  const server = createServer((request, response) => {
    const baseUrl = listener.baseUrl();
    void desk.serve(request, response, { index, sessions, workflowName, baseUrl, traits, count });
  });
  const listener = loopbackPort(server);
  await listener.open(port);

  const inject: Cms["inject"] = async (fault) => {
    if (fault.name === "restart") {
      await listener.close();
      return () => listener.open(listener.port());
    }
    if (fault.name === "password-changed") {
      const before = sessions.setPassword(account.name, `${account.password} changed`);
      return async () => void sessions.setPassword(account.name, before);
    }
    if (fault.name === "ticket-expires") {
      sessions.limitUses(fault.afterRequests);
      return async () => sessions.limitUses(undefined);
    }
    const lift = board.raise(fault);
    return async () => lift();
  };
  return {
    ...cmsEditor(index),
    baseUrl: listener.baseUrl(),
    port: listener.port(),
    inject,
    traits,
    when: desk.when,
    expireSessions: sessions.expire,
    requests: desk.requests,
    close: async () => {
      board.liftAll();
      await listener.close();
    },
  };
};
