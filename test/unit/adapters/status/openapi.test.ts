import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type ServedEngine, serveEngine } from "./call-api.ts";
import { course, tokens } from "./memory-service.ts";

interface Operation {
  readonly requestBody?: { readonly content: Record<string, { readonly schema: JsonSchema }> };
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: JsonSchema }> }>;
}
type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, JsonSchema> };
}

const module = "/courses/physics/8-01";
let engine: ServedEngine;
let document: Document;

beforeAll(async () => {
  engine = await serveEngine();
  const { service } = engine;
  const { id } = course(module, "");
  service.put(course(module, "Classical Mechanics"));
  service.setLive(id, "staging", 12, "maria");
  const run = await service.request({ kind: "publish", module: id, cause: { by: "paul", via: "api" } });
  const stage = {
    name: "crawl",
    state: "running",
    startedAt: new Date(),
    done: 3,
    total: 9,
    bytes: 7,
  } as const;
  service.update(run.id, { state: "waiting-approval", startedAt: new Date(), stages: [stage] }, "waits");
  document = (await (await engine.call("GET", "/openapi.json")).json()) as Document;
});
afterAll(() => engine.server.close());

/** A schema of the document, as something that checks. */
function checker(schema: JsonSchema): z.ZodType {
  const whole = JSON.stringify({ ...(schema as object), $defs: document.components.schemas });
  return z.fromJSONSchema(JSON.parse(whole.replaceAll("#/components/schemas/", "#/$defs/")));
}

describe("the OpenAPI document", () => {
  it("is of version 3.1 and names no more than 20 paths", () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(Object.keys(document.paths).length).toBeLessThanOrEqual(20);
  });

  it.each([
    ["get", "/healthz", "/healthz"],
    ["get", "/session", "/session"],
    ["get", "/api/health", "/api/health"],
    ["get", "/api/doctor", "/api/doctor"],
    ["get", "/api/modules", "/api/modules"],
    ["post", "/api/modules", "/api/modules"],
    ["get", "/api/modules/{module}", `/api/modules${module}`],
    ["get", "/api/runs", "/api/runs"],
    ["get", "/api/runs/{run}", "/api/runs/1"],
    ["get", "/api/runs/{run}/plan", "/api/runs/1/plan"],
    ["get", "/api/runs/{run}/crawl", "/api/runs/1/crawl"],
    ["post", "/api/tokens", "/api/tokens", { name: "new", role: "viewer" }],
    ["post", "/api/runs/{run}/approve", "/api/runs/1/approve"],
    ["post", "/api/runs/{run}/cancel", "/api/runs/1/cancel"],
    ["post", "/api/runs", "/api/runs", { kind: "plan", module }],
  ])("describes what %s %s answers", async (method, path, called, body?: unknown) => {
    const response = await engine.call(method.toUpperCase(), called, tokens.admin, body);
    const operation = document.paths[path]?.[method];
    const schema = operation?.responses[response.status]?.content?.["application/json"]?.schema;
    expect(response.ok && schema !== undefined).toBe(true);
    const answer = await response.json();
    expect(checker(schema ?? false).safeParse(answer)).toMatchObject({ success: true });
    expect(checker(schema ?? false).safeParse({ ...(answer as object), more: "than told" }).success).toBe(
      false,
    );
  });

  it("describes problems and what a run is asked for with", async () => {
    const problem = await (await engine.call("GET", "/api/runs/99", tokens.admin)).json();
    expect(checker(document.components.schemas.Problem ?? false).safeParse(problem).success).toBe(true);
    const asked = document.paths["/api/runs"]?.post?.requestBody?.content["application/json"]?.schema;
    const schema = checker(asked ?? false);
    expect(schema.safeParse({ kind: "rollback", module, place: "production" }).success).toBe(true);
    expect(schema.safeParse({ kind: "rollback", module }).success).toBe(false);
    expect(schema.safeParse({ kind: "publish", module, place: "production" }).success).toBe(false);
  });

  it("names every route that answers, and only those", async () => {
    for (const [path, operations] of Object.entries(document.paths))
      for (const method of Object.keys(operations)) {
        const called = path.replace("{run}", "1").replace("/{module}", module);
        const response = await engine.call(method.toUpperCase(), called);
        await response.body?.cancel();
        expect([called, method, response.status]).toEqual([
          called,
          method,
          ["/healthz", "/openapi.json"].includes(path)
            ? 200
            : expect.toSatisfy((status) => status !== 404 && status !== 405),
        ]);
      }
  });
});
