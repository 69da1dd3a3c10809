import type { NetstorageHost } from "./hosts/netstorage-host.ts";
import type { RsyncDaemon } from "./hosts/rsync-daemon.ts";
import type { SshHost } from "./hosts/ssh-host.ts";
import type { WebHost } from "./hosts/web-host.ts";

/** An account of the CMS. */
export type WorldAccount = { name: string; password: string };

/** A place that is delivered to over SSH and read over HTTP. */
export type WorldOrigin = { ssh: SshHost; web: WebHost; root: string };

/** The mirror host: `root` holds the generations, web and rsync serve `<root>/current`. */
export type WorldMirror = WorldOrigin & { rsyncUrl: string | undefined };

/** What the variables are made from. */
export type WorldAddresses = {
  cmsUrl: string;
  account: WorldAccount;
  workflowAccount: WorldAccount;
  staging: WorldOrigin;
  production: WorldOrigin;
  mirror: WorldOrigin & { rsync: RsyncDaemon | undefined };
  netstorage: NetstorageHost;
  purgeUrl: string;
  edgercFile: string;
  edgeUrl: string;
};

type Reached = Pick<SshHost, "host" | "port" | "user" | "privateKeyFile" | "knownHostsFile">;

function sshVariables(prefix: string, ssh: Reached, root: string): Record<string, string> {
  return {
    [`${prefix}_SSH_HOST`]: ssh.host,
    [`${prefix}_SSH_PORT`]: String(ssh.port),
    [`${prefix}_SSH_USER`]: ssh.user,
    [`${prefix}_SSH_KEY_FILE`]: ssh.privateKeyFile,
    [`${prefix}_SSH_KNOWN_HOSTS_FILE`]: ssh.knownHostsFile,
    [`${prefix}_ROOT`]: root,
  };
}

/** The environment variables to which a configuration for the world refers. */
export function worldEnvironment(addresses: WorldAddresses): Record<string, string> {
  const { cmsUrl, account, workflowAccount, staging, production, mirror, netstorage } = addresses;
  return {
    OCW_CMS_URL: cmsUrl,
    OCW_CMS_USER: account.name,
    OCW_CMS_PASSWORD: account.password,
    OCW_CMS_WORKFLOW_USER: workflowAccount.name,
    OCW_CMS_WORKFLOW_PASSWORD: workflowAccount.password,
    ...sshVariables("OCW_STAGING", staging.ssh, staging.root),
    OCW_STAGING_URL: staging.web.url,
    ...sshVariables("OCW_PRODUCTION", production.ssh, production.root),
    OCW_PRODUCTION_URL: production.web.url,
    ...sshVariables("OCW_MIRROR", mirror.ssh, mirror.root),
    OCW_MIRROR_URL: mirror.web.url,
    ...(mirror.rsync === undefined ? {} : { OCW_MIRROR_RSYNC_URL: mirror.rsync.url }),
    // NetStorage's paths start at the CP code, whatever folder this machine keeps them in.
    ...sshVariables("OCW_NETSTORAGE", netstorage, "/15436"),
    OCW_PURGE_URL: addresses.purgeUrl,
    OCW_PURGE_EDGERC_FILE: addresses.edgercFile,
    OCW_EDGE_URL: addresses.edgeUrl,
  };
}
