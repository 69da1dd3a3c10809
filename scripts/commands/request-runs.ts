import { PublishError } from "../../engine/errors/publish-error.ts";
import { type ModuleId, parseModuleId } from "../../engine/model/module.ts";
import type { Place, Run, RunRequest } from "../../engine/model/run.ts";
import type { ApiClient } from "../lib/api-client.ts";
import { type CommandContext, connect, printResult } from "../lib/command-context.ts";
import { exitCodeOfRun, followRun } from "../lib/follow-run.ts";
import { formatOutcome } from "../lib/format-run.ts";

/** Publishes modules to staging, or every module that the CMS did not withdraw or keep back. */
export async function publish(
  context: CommandContext,
  modules: readonly string[],
  all: boolean,
): Promise<number> {
  if (all === modules.length > 0)
    throw new PublishError("invalid-config", "name the modules to publish, or say --all");
  const named = modules.map(parseModuleId);
  const engine = await connect(context);
  const ids = all ? await listPublishable(engine) : named;
  return requestAll(
    context,
    engine,
    ids.map((module) => ({ kind: "publish", module })),
  );
}

/** Asks for runs that need nothing but their module. */
export async function requestEach(
  context: CommandContext,
  kind: "promote" | "check-links" | "package" | "feeds" | "mirror",
  modules: readonly string[],
): Promise<number> {
  const ids = modules.map(parseModuleId);
  return requestAll(
    context,
    await connect(context),
    ids.map((module) => ({ kind, module })),
  );
}

/** Delivers an older release to a place; without `release`, the one before the live one. */
export async function rollback(
  context: CommandContext,
  module: string,
  place: Place,
  release: number | undefined,
): Promise<number> {
  const request = { kind: "rollback", module: parseModuleId(module), place } as const;
  const wanted = release === undefined ? request : { ...request, release };
  return requestAll(context, await connect(context), [wanted]);
}

/** Lets a run go on that waits for approval, and follows it. */
export async function approve(context: CommandContext, run: number): Promise<number> {
  const engine = await connect(context);
  return followAll(context, engine, [await engine.approve(run)]);
}

async function listPublishable(engine: ApiClient): Promise<ModuleId[]> {
  const views = await engine.modules();
  return views
    .filter(({ module }) => module.state !== "in-process" && module.state !== "withdrawn")
    .map(({ module }) => module.id);
}

async function requestAll(
  context: CommandContext,
  engine: ApiClient,
  requests: readonly Omit<RunRequest, "cause">[],
): Promise<number> {
  const runs: Run[] = [];
  for (const request of requests) runs.push(await engine.request(request));
  return followAll(context, engine, runs);
}

/** The exit code is that of the first run that did not succeed. */
async function followAll(context: CommandContext, engine: ApiClient, runs: readonly Run[]): Promise<number> {
  const ended: Run[] = [];
  const { terminal, json, signal } = context;
  for (const run of runs) {
    const followed = await followRun(engine, run, terminal, signal);
    ended.push(followed);
    if (!json) terminal.print(formatOutcome(followed));
  }
  if (json) printResult(context, ended, []);
  if (runs.length === 0) terminal.note("no module to publish");
  return ended.map(exitCodeOfRun).find((code) => code !== 0) ?? 0;
}
