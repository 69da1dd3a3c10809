import { z } from "zod";
import { PublishError } from "../../engine/errors/publish-error.ts";
import { briefHealthSchema, callerSchema, namedSchemas } from "./answers.ts";
import { driveStreamPaths } from "./drive-routes.ts";
import type { Route } from "./route.ts";

/** A part of the document: plain JSON. */
type Json = Readonly<Record<string, unknown>>;

const schemaUri = (id: string) => `#/components/schemas/${id}`;
const ownPageOnly = "Sent with X-Requested-With: ocw-engine and the page's own Origin.";

/** The description of the API, made from its routes: https://spec.openapis.org/oas/v3.1.1.html */
export function openapiDocument(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = handWrittenPaths();
  for (const route of routes) {
    const path = route.path.replace(/[:*](\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method]: operationOf(route) };
  }
  return {
    openapi: "3.1.1",
    info: { title: "ocw-engine", version, description: "What is live where, and runs that change it." },
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer" },
        session: { type: "apiKey", in: "cookie", name: "ocw_session" },
      },
      schemas: componentSchemas(),
    },
  };
}

function componentSchemas(): Json {
  const { schemas } = z.toJSONSchema(namedSchemas, { uri: schemaUri, unrepresentable: "any" });
  // Each schema names a dialect and itself; within a document that names both, neither is wanted.
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _dialect, $id: _id, ...schema }]) => [id, schema]),
  );
}

function operationOf(route: Route): Json {
  const { summary, role, body, answer, status, hasCsv } = route;
  const content = { ...jsonOf(answer), ...(hasCsv ? { "text/csv": { schema: { type: "string" } } } : {}) };
  return {
    summary,
    description: `Role: ${role}.`,
    parameters: [...pathParameters(route.path), ...queryParameters(route.query)],
    ...(body === undefined ? {} : { requestBody: { required: true, content: jsonOf(body) } }),
    responses: { [status]: { description: "Done or accepted.", content }, ...failures },
  };
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/[:*](\w+)/g)].map(([, name]) => {
    const schema = { type: name === "run" ? "integer" : "string" };
    return { name, in: "path", required: true, schema };
  });
}

function queryParameters(query: z.ZodType | undefined): Json[] {
  if (query === undefined) return [];
  const { properties = {} } = z.toJSONSchema(query, { io: "input" });
  return Object.entries(properties).map(([name, schema]) => ({ name, in: "query", schema }));
}

function jsonOf(schema: z.ZodType): Json {
  const id = namedSchemas.get(schema)?.id;
  if (id === undefined) throw new PublishError("bug", "a schema of the API has no name");
  return { "application/json": { schema: { $ref: schemaUri(id) } } };
}

const problem = { "application/problem+json": { schema: { $ref: schemaUri("Problem") } } };
const failures: Json = { default: { description: "What went wrong.", content: problem } };

function handWrittenPaths(): Record<string, Record<string, Json>> {
  const signedIn = {
    "200": { description: "Who is signed in.", content: jsonOf(callerSchema) },
    ...failures,
  };
  const token = { type: "object", properties: { token: { type: "string" } }, required: ["token"] };
  const health = { "200": { description: "It answers.", content: jsonOf(briefHealthSchema) }, ...failures };
  const events = {
    description: "Server-sent events; each `data:` is a RunEvent, each `id:` its number.",
    content: { "text/event-stream": { schema: { type: "string" } } },
  };
  return {
    ...driveStreamPaths,
    "/healthz": { get: { summary: "Whether the engine answers.", security: [], responses: health } },
    "/openapi.json": {
      get: { summary: "This document.", security: [], responses: { "200": { description: "OpenAPI." } } },
    },
    "/session": {
      get: { summary: "Who is calling.", responses: signedIn },
      post: {
        summary: "Exchanges a token for a session cookie.",
        description: ownPageOnly,
        security: [],
        requestBody: { required: true, content: { "application/json": { schema: token } } },
        responses: signedIn,
      },
      delete: {
        summary: "Signs out.",
        description: ownPageOnly,
        responses: { "204": { description: "Signed out." }, ...failures },
      },
    },
    "/api/events": {
      get: {
        summary: "Events as they happen; of one run from its beginning. Resumes after Last-Event-ID.",
        description: "Role: viewer.",
        parameters: [
          { name: "run", in: "query", schema: { type: "integer" } },
          { name: "Last-Event-ID", in: "header", schema: { type: "integer" } },
        ],
        responses: { "200": events, ...failures },
      },
    },
  };
}
