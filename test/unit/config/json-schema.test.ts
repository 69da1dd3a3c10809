import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { adapterRegistry } from "../../../adapters/registry.ts";
import { configJsonSchema } from "../../../config/json-schema.ts";
import { valueAt } from "../../../config/value-tree.ts";
import { fakeRegistry } from "./fake-registry.ts";

const committed = join(import.meta.dirname, "../../../config/ocw-engine.schema.json");

// To renew it: ocw-engine config schema > config/ocw-engine.schema.json
test("the file in config/ is the schema of today", async () => {
  const made = `${JSON.stringify(configJsonSchema(adapterRegistry), null, 2)}\n`;
  expect(await readFile(committed, "utf8")).toBe(made);
});

describe("the JSON Schema", () => {
  const schema = configJsonSchema(fakeRegistry);
  const at = (...path: (string | number)[]) => valueAt(schema, path);
  const reference = { $ref: "#/$defs/reference" };

  test("has the options of each adapter, told by its type", () => {
    expect(at("properties", "destinations", "additionalProperties", "oneOf", 0)).toMatchObject({
      properties: { type: { const: "host" }, root: { description: "The folder." } },
      required: ["type", "host", "root"],
      additionalProperties: false,
    });
  });

  test("takes a secret by reference only, and numbers by reference too", () => {
    const options = ["properties", "source", "oneOf", 0, "properties"];
    expect(at(...options, "password")).toEqual({ description: "The password.", ...reference });
    expect(at(...options, "mark", "properties", "password")).toEqual(reference);
    expect(at("properties", "api", "properties", "port")).toEqual({
      description: "The TCP port of the status API.",
      default: 7070,
      anyOf: [{ type: "integer", minimum: 1, maximum: 65_535 }, reference],
    });
  });

  test("describes every field", () => {
    const bare: string[] = [];
    const visit = (node: unknown, path: string) => {
      const properties = valueAt(node, ["properties"]);
      const fields = z.record(z.string(), z.unknown()).safeParse(properties).data ?? {};
      for (const [name, field] of Object.entries(fields)) {
        const isConst = valueAt(field, ["const"]) !== undefined;
        if (!isConst && valueAt(field, ["description"]) === undefined) bare.push(`${path}.${name}`);
        visit(field, `${path}.${name}`);
        visit(valueAt(field, ["items"]), `${path}.${name}[]`);
      }
    };
    visit(configJsonSchema({ ...adapterRegistry }), "");
    expect(bare).toEqual([]);
  });
});
