import { z } from "zod";
import { PublishError } from "../../engine/errors/publish-error.ts";
import { crawlSections } from "../../engine/model/crawl-details.ts";
import { libraryModule, parseModuleId } from "../../engine/model/module.ts";
import { type Cause, type RunKind, webPlaces } from "../../engine/model/run.ts";
import type { Caller, Service } from "../../engine/ports/service.ts";
import type { Role } from "../../engine/ports/store/store.ts";
import {
  driveWishSchema,
  namedSchemas,
  planSchema,
  runListSchema,
  runSchema,
  runStateSchema,
} from "./answers.ts";
import { crawlDetailsSchema } from "./crawl-answers.ts";
import { crawlCsv } from "./crawl-csv.ts";
import { planLineOf } from "./plan-line.ts";
import { defineRoute, type Route } from "./route.ts";

const moduleText = z.string().min(1).max(1100).describe("The module's id: its path prefix.");
const countOf = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual);
const runNumber = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

const requestSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.enum(["publish", "promote", "plan", "check-links", "package"]),
    module: moduleText,
  }),
  z.strictObject({ kind: z.enum(["mirror", "feeds"]) }).describe("Of all modules together."),
  z.strictObject({ kind: z.literal("drive"), drive: driveWishSchema }),
  z.strictObject({
    kind: z.literal("rollback"),
    module: moduleText,
    place: z.enum(webPlaces),
    release: z.int().min(1).exactOptional().describe("The one before the live one when absent."),
  }),
]);
namedSchemas.add(requestSchema, { id: "RunRequest" });

const roleFor: Record<RunKind, Role> = {
  publish: "publisher",
  plan: "publisher",
  promote: "publisher",
  "check-links": "publisher",
  mirror: "operator",
  package: "operator",
  feeds: "operator",
  drive: "operator",
  rollback: "operator",
};

/** The routes that ask for runs, follow them and decide about them. */
export function runRoutes(service: Service): Route[] {
  return [
    listRoute(service),
    requestRoute(service),
    runRoute(service),
    planRoute(service),
    crawlRoute(service),
    ...decisionRoutes(service),
  ];
}

function listRoute(service: Service): Route {
  return defineRoute({
    method: "get",
    path: "/api/runs",
    summary: "Runs, newest first; `before` is the number of the last one seen.",
    role: "viewer",
    query: z.strictObject({
      module: moduleText.optional(),
      state: runStateSchema.optional(),
      before: runNumber.optional(),
      limit: countOf(200, 50),
    }),
    answer: runListSchema,
    async run({ query: { module, state, before, limit } }) {
      const runs = await service.runs({
        ...(module === undefined ? {} : { module: parseModuleId(module) }),
        ...(state === undefined ? {} : { states: [state] }),
        ...(before === undefined ? {} : { before }),
        countMax: limit,
      });
      return { runs };
    },
  });
}

function requestRoute(service: Service): Route {
  return defineRoute({
    method: "post",
    path: "/api/runs",
    summary: "Asks for a run: publish, promote, plan and check-links for publishers, others for operators.",
    role: (body) => roleFor[body.kind],
    body: requestSchema,
    answer: runSchema,
    status: 202,
    location: (run) => `/api/runs/${run.id}`,
    run: ({ body, caller }) =>
      service.request({
        ...body,
        module: "module" in body ? parseModuleId(body.module) : libraryModule,
        cause: causeOf(caller),
      }),
  });
}

function runRoute(service: Service): Route {
  return defineRoute({
    method: "get",
    path: "/api/runs/:run",
    summary: "One run with its stages, and its plans in numbers.",
    role: "viewer",
    answer: runSchema,
    run: ({ param }) => knownRun(service, param),
  });
}

function planRoute(service: Service): Route {
  return defineRoute({
    method: "get",
    path: "/api/runs/:run/plan",
    summary: "The changes a run makes, or would make, each with its reason.",
    role: "viewer",
    query: z.strictObject({ limit: countOf(10_000, 1_000) }),
    answer: planSchema,
    async run({ param, query: { limit } }) {
      const { id } = await knownRun(service, param);
      const changes = await service.changes(id, limit + 1);
      return { changes: changes.slice(0, limit).map(planLineOf), more: changes.length > limit };
    },
  });
}

function crawlRoute(service: Service): Route {
  return defineRoute({
    method: "get",
    path: "/api/runs/:run/crawl",
    summary: "What the crawl of a run found: all sections, or one, of which a CSV holds every row.",
    role: "viewer",
    query: z.strictObject({
      section: z.enum(crawlSections).optional(),
      format: z.enum(["json", "csv"]).default("json"),
    }),
    answer: crawlDetailsSchema,
    async run({ param, query: { section } }) {
      const { id } = await knownRun(service, param);
      return crawled(id, await service.crawlReport(id, section));
    },
    async csv({ param, query: { section, format } }) {
      if (format === "json") return undefined;
      if (section === undefined) throw new PublishError("refused", "a CSV holds one section: name it");
      const { id } = await knownRun(service, param);
      const findings = crawled(id, await service.crawlFindings(id, section));
      return { name: `crawl-of-run-${id}-${section}.csv`, lines: crawlCsv(section, findings) };
    },
  });
}

function crawled<Found>(run: number, found: Found | undefined): Found {
  if (found === undefined)
    throw new PublishError(
      "not-found",
      `run ${run} crawled nothing, or a later crawl replaced what it left: ask for a later run`,
    );
  return found;
}

function decisionRoutes(service: Service): Route[] {
  const summaries = {
    approve: "Lets a run that a guard stopped go on.",
    cancel: "Ends a run at its next safe point.",
  };
  return (["approve", "cancel"] as const).map((decision) =>
    defineRoute({
      method: "post",
      path: `/api/runs/:run/${decision}`,
      summary: summaries[decision],
      role: "operator",
      answer: runSchema,
      status: 202,
      async run({ param, caller }) {
        const { id } = await knownRun(service, param);
        return service[decision](id, causeOf(caller));
      },
    }),
  );
}

async function knownRun(service: Service, text: string) {
  const number = runNumber.safeParse(text);
  const run = number.success ? await service.run(number.data) : undefined;
  if (run === undefined) throw new PublishError("not-found", `no run has the number ${text.slice(0, 40)}`);
  return run;
}

function causeOf(caller: Caller): Cause {
  return { by: caller.name, via: "api" };
}
