import { type LoadedConfig, loadClientConfig, loadConfig } from "../../config/load.ts";
import { PublishError } from "../../engine/errors/publish-error.ts";
import { type ApiClient, makeApiClient } from "./api-client.ts";
import { findCliToken } from "./cli-token.ts";
import type { Composition, OpenEngine } from "./composition.ts";
import type { Terminal } from "./terminal.ts";

/** What every command gets. A command returns the exit code, and throws what went wrong. */
export interface CommandContext {
  readonly composition: Composition;
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** True when the result must be JSON. */
  readonly json: boolean;
  /** The configuration file that was named, if one was. */
  readonly config: string | undefined;
}

/** The configuration file. Throws `invalid-config` when none was named. */
function configFileOf({ config }: CommandContext): string {
  if (config === undefined)
    throw new PublishError("invalid-config", "name the configuration: --config FILE or OCW_ENGINE_CONFIG");
  return config;
}

/** The whole configuration. Throws `invalid-config` for each fault of the file, and when none was named. */
export async function readConfig(context: CommandContext): Promise<LoadedConfig> {
  const { registry } = context.composition;
  return loadConfig(configFileOf(context), { registry, env: context.env });
}

/** The daemon of the configuration. Throws `unavailable` when it does not run. */
export async function connect(context: CommandContext): Promise<ApiClient> {
  const { state, api } = await loadClientConfig(configFileOf(context), { env: context.env });
  const engine = makeApiClient({
    url: apiUrl(api),
    token: () => findCliToken(state, context.env),
    signal: context.signal,
  });
  // Asked first, so that nobody is told of a missing token where a daemon is missing.
  await engine.ping();
  return engine;
}

/**
 * Calls `useDaemon` with the daemon when it runs, else `useAlone` with an engine of our own. Throws
 * `conflict` when another process holds its state.
 */
export async function withEngine<Result>(
  context: CommandContext,
  useDaemon: (engine: ApiClient) => Promise<Result>,
  useAlone: (opened: OpenEngine) => Promise<Result>,
): Promise<Result> {
  const engine = await connectIfRunning(context);
  if (engine !== undefined) return useDaemon(engine);
  const opened = await context.composition.openEngine(await readConfig(context));
  try {
    return await useAlone(opened);
  } finally {
    await opened.close();
  }
}

/** Prints a value as JSON, or the lines that people read. */
export function printResult(
  { json, terminal }: CommandContext,
  value: unknown,
  lines: readonly string[],
): void {
  if (json) terminal.print(JSON.stringify(value, null, 2));
  else for (const line of lines) terminal.print(line);
}

async function connectIfRunning(context: CommandContext): Promise<ApiClient | undefined> {
  try {
    return await connect(context);
  } catch (thrown) {
    if (thrown instanceof PublishError && thrown.code === "unavailable") return undefined;
    throw thrown;
  }
}

/** An address that listens for all is reached by loopback. */
function apiUrl({ listen, port }: { readonly listen: string; readonly port: number }): string {
  const host = listen === "0.0.0.0" ? "127.0.0.1" : listen === "::" ? "::1" : listen;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
