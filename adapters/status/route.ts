import { Readable } from "node:stream";
import type Koa from "koa";
import { z } from "zod";
import type { Caller } from "../../engine/ports/service.ts";
import type { Role } from "../../engine/ports/store/store.ts";
import { type Callers, requireRole } from "./callers.ts";
import { refuse } from "./problem.ts";
import { readJsonBody } from "./read-json-body.ts";

/** What a route works with: all of it checked. */
export interface Call<Query, Body> {
  /** The variable part of the path, decoded: a run's number or a module's path. */
  readonly param: string;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
}

/** A file of CSV (RFC 4180), written while it is read. */
export interface CsvFile {
  readonly name: string;
  readonly lines: AsyncIterable<string>;
}

/** A route: what it takes, what it answers, who may. The router and the OpenAPI are made from it. */
export interface RouteDefinition<Query, Body, Answer> {
  readonly method: "get" | "post";
  readonly path: string;
  readonly summary: string;
  /** The least role; it may depend on what is asked. */
  readonly role: Role | ((body: Body) => Role);
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  readonly answer: z.ZodType<Answer>;
  /** 200 when absent. */
  readonly status?: 201 | 202;
  location?(answer: Answer): string;
  /** What is answered instead where the query asks for CSV. */
  csv?(call: Call<Query, Body>): Promise<CsvFile | undefined>;
  run(call: Call<Query, Body>): Promise<NoInfer<Answer>>;
}

/** A route whose types are sealed in, so that all can stand in one list. */
export interface Route {
  readonly method: "get" | "post";
  readonly path: string;
  readonly summary: string;
  readonly role: string;
  readonly query: z.ZodType | undefined;
  readonly body: z.ZodType | undefined;
  readonly answer: z.ZodType;
  readonly status: number;
  readonly hasCsv: boolean;
  respond(context: Koa.Context, param: string, callers: Callers): Promise<void>;
}

const noQuery: z.ZodType = z.strictObject({});

/** Seals a route: who calls, what they ask and what they get are checked around `run`. */
export function defineRoute<Query, Body, Answer>(definition: RouteDefinition<Query, Body, Answer>): Route {
  const { method, path, summary, role, query, body, answer, status = 200 } = definition;
  return {
    method,
    path,
    summary,
    role: typeof role === "string" ? role : "depends on the kind of run",
    query,
    body,
    answer,
    status,
    hasCsv: definition.csv !== undefined,
    async respond(context, param, callers) {
      const caller = await callers.identify(context);
      if (typeof role === "string") requireRole(context, caller, role);
      const asked = parse(context, query ?? noQuery, { ...context.query }, "query");
      const sent = body && parse(context, body, await readJsonBody(context), "body");
      // Without a schema the types are free, and nobody can name a field of them.
      const call = { param, caller, query: asked as Query, body: sent as Body };
      if (typeof role === "function") requireRole(context, caller, role(call.body));
      const file = await definition.csv?.(call);
      if (file !== undefined) {
        context.attachment(file.name);
        context.type = "text/csv; charset=utf-8";
        context.body = Readable.from(file.lines);
        return;
      }
      const result = await definition.run(call);
      context.status = status;
      if (definition.location !== undefined) context.set("Location", definition.location(result));
      // Nothing leaves that the schema does not name.
      context.body = z.encode(answer, result);
    },
  };
}

function parse<T>(context: Koa.Context, schema: z.ZodType<T>, value: unknown, part: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = [part, ...(issue?.path ?? [])].map(String).join(".");
  return refuse(context, 422, "refused", `${where}: ${issue?.message ?? "not as expected"}`.slice(0, 500));
}
