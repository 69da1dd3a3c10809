import { systemClock } from "../../adapters/clock/system-clock.ts";
import { pinoLog } from "../../adapters/logging/pino-log.ts";
import { startStatusServer } from "../../adapters/status/status-server.ts";
import type { Run } from "../../engine/model/run.ts";
import type { Clock } from "../../engine/ports/context.ts";
import { course, type MemoryService, memoryService } from "../unit/adapters/status/memory-service.ts";

/** Markup that would run if any of it ever became markup. */
export const hostile = `"><img src=x onerror="document.title='owned'"><script>owned=1</script>{{7*7}}`;

/** An engine with four modules in different states, served; its runs go on when a test says so. */
export async function startExampleEngine(clock: Clock = systemClock()) {
  const service = memoryService(() => clock.now());
  const physics = course("/courses/physics/8-01", "Classical Mechanics");
  const maths = course("/courses/mathematics/18-06", "Linear Algebra", "scheduled-for-publishing");
  const hostileCourse = course("/courses/biology/7-012", hostile, "staged");
  const fresh = course(
    "/courses/music/21m-011",
    "Introduction to Western Music, from Plainchant to Minimalism",
  );
  for (const module of [physics, maths, hostileCourse, fresh]) service.put(module);
  service.setLive(physics.id, "staging", 12, "maria");
  service.setLive(physics.id, "production", 12, "maria");
  service.setLive(physics.id, "mirror", 13, "maria");
  service.setLive(maths.id, "staging", 21, "nightly");
  service.setLive(maths.id, "production", 20, hostile);
  service.setLive(hostileCourse.id, "staging", 5, "maria");
  const log = pinoLog({ level: "silent" });
  const server = await startStatusServer({ service, listen: "127.0.0.1", port: 0, log, clock });
  return { service, server, physics, maths };
}

const stage = (name: Run["stages"][number]["name"], more: Partial<Run["stages"][number]> = {}) =>
  ({
    name,
    state: "succeeded",
    startedAt: new Date(),
    endedAt: new Date(),
    done: 0,
    bytes: 0,
    ...more,
  }) as const;
const summary = { release: 13, puts: 3, removals: 1, unchanged: 412, heldBefore: 415, bytes: 1_439_200 };

/** Lets a run get half through its delivery. */
export function runHalfway(service: MemoryService, run: number): void {
  const plans = [{ destination: "origin-staging", ...summary }];
  const stages = [
    stage("crawl", {
      done: 415,
      total: 415,
      bytes: 88_000_000,
      note: "415 pages and files, 4 of them changed",
    }),
    stage("plan", { note: `origin-staging: 3 to put, 1 to remove; ${hostile}` }),
    stage("guard", { note: "nothing speaks against it" }),
    {
      ...stage("deliver"),
      subject: "origin-staging",
      state: "running",
      done: 2,
      total: 4,
      bytes: 720_000,
    } as const,
  ];
  service.update(run, { state: "running", startedAt: new Date(), stages, plans }, "publish is running");
}

/** Lets a run succeed. */
export function finishRun(service: MemoryService, run: number): void {
  runHalfway(service, run);
  const plans = [{ destination: "origin-staging", ...summary }];
  const stages = [
    stage("plan", { note: "origin-staging: 3 to put, 1 to remove" }),
    stage("deliver", { subject: "origin-staging", done: 4, total: 4, bytes: 1_439_200 }),
    stage("verify", { subject: "origin-staging", note: "4 paths read back" }),
  ];
  const ended = { state: "succeeded", endedAt: new Date(), delivered: 13, stages, plans } as const;
  const { module, kind } = service.update(run, ended, "succeeded: done");
  service.setLive(module, kind === "promote" ? "production" : "staging", 13, "paul");
}

/** Lets a guard stop a run. */
export function stopByGuard(service: MemoryService, run: number): void {
  const plans = [{ destination: "origin-staging", ...summary, removals: 300 }];
  const note = `300 of 415 files at origin-staging would be removed (72 %, the limit is 25 %); ${hostile}`;
  const stages = [stage("plan"), stage("guard", { note })];
  const startedAt = new Date();
  service.update(run, { state: "waiting-approval", startedAt, stages, plans }, "waits for approval");
}
