import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { crawlCsv } from "../../../../adapters/status/crawl-csv.ts";
import type { CrawlFinding } from "../../../../engine/model/crawl-details.ts";
import { type ServedEngine, serveEngine } from "./call-api.ts";
import { course, tokens } from "./memory-service.ts";

const physics = course("/courses/physics/8-01", "Classical Mechanics");
const cause = { by: "paul", via: "api" } as const;
let engine: ServedEngine;

beforeAll(async () => {
  engine = await serveEngine();
  engine.service.put(physics);
  await engine.service.request({ kind: "publish", module: physics.id, cause });
  await engine.service.request({ kind: "promote", module: physics.id, cause });
});
afterAll(() => engine.server.close());

it("tells what a crawl found, in all sections or in one", async () => {
  const whole = await (await engine.call("GET", "/api/runs/1/crawl", tokens.viewer)).json();
  expect(whole).toMatchObject({
    run: 1,
    module: physics.id,
    counts: { fetched: 380, gone: 1 },
    sections: { broken: { count: 2_003 }, hosts: { count: 0, rows: [] }, external: { count: 1 } },
  });
  const one = await (await engine.call("GET", "/api/runs/1/crawl?section=redirects", tokens.viewer)).json();
  const rows = [{ page: "/syllabus", url: "/old", location: "/new" }];
  expect(one).toMatchObject({ sections: { redirects: { count: 1, rows } } });
  expect(Object.keys((one as { sections: object }).sections)).toEqual(["redirects"]);
});

it("gives a section as a file of CSV in which no formula runs", async () => {
  const response = await engine.call("GET", "/api/runs/1/crawl?section=leaks&format=csv", tokens.viewer);
  expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(response.headers.get("content-disposition")).toBe('attachment; filename="crawl-of-run-1-leaks.csv"');
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(await response.text()).toBe(
    'page,line,column,text\r\n/syllabus,3,14,"\'=HYPERLINK(""//cms/a"",""b"")"\r\n',
  );
  const checked = await engine.call("GET", "/api/runs/1/crawl?section=external&format=csv", tokens.viewer);
  expect(await checked.text()).toContain(
    "\r\n/,https://example.org/,7,broken,404,,2026-03-02T10:00:00.000Z\r\n",
  );
});

it.each([
  ["/api/runs/99/crawl", tokens.viewer, 404, "no run has the number 99"],
  ["/api/runs/99/crawl?section=leaks&format=csv", tokens.viewer, 404, "no run has the number 99"],
  ["/api/runs/2/crawl", tokens.viewer, 404, "run 2 crawled nothing"],
  ["/api/runs/2/crawl?section=leaks&format=csv", tokens.viewer, 404, "run 2 crawled nothing"],
  ["/api/runs/1/crawl?format=csv", tokens.viewer, 422, "a CSV holds one section"],
  ["/api/runs/1/crawl?section=secrets", tokens.viewer, 422, "query.section"],
  ["/api/runs/1/crawl?section=leaks&format=csv", undefined, 401, "sign in"],
])("answers %s of %s with the problem %i: %s", async (path, token, status, detail) => {
  const response = await engine.call("GET", path, token);
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ detail: expect.stringContaining(detail) });
});

it("writes any text so that a reader of CSV gets it back, and no cell begins as a formula", async () => {
  const hostile = fc.oneof(fc.string(), fc.constantFrom("=1+1", "+1", "-1", "@a", "\tx", 'a"b', "a,b\r\nc"));
  await fc.assert(
    fc.asyncProperty(hostile, hostile, async (url, reason) => {
      const finding: CrawlFinding = { section: "skipped", row: { url, reason } };
      const given = async function* () {
        yield finding;
      };
      const text = (await Array.fromAsync(crawlCsv("skipped", given()))).join("");
      const [, cells = []] = parseCsv(text);
      const isFormula = (cell: string) => /^[=+\-@\t\r\n]/.test(cell);
      expect(cells).toEqual(["", ...[url, reason].map((cell) => (isFormula(cell) ? `'${cell}` : cell))]);
    }),
  );
});

/** The cells of each line of a CSV (RFC 4180). */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, bare = "", end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare);
    if (end !== ",") rows.push([]);
  }
  return rows;
}
