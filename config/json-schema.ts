import { z } from "zod";
import type { AdapterRegistry } from "../engine/ports/adapter.ts";
import { configSchema } from "./schema.ts";
import { takesSecret } from "./takes-secret.ts";
import { isMapping } from "./value-tree.ts";

type JsonSchema = Record<string, unknown>;

const referenceSchema: JsonSchema = {
  type: "string",
  pattern: "^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+|credential:[A-Za-z0-9_.-]+)$",
  description: "A reference: env:NAME, file:/path or credential:name.",
};
const reference = { $ref: "#/$defs/reference" };

/**
 * The JSON Schema (draft 2020-12) of the configuration file, for editors: with the options of every adapter
 * the registry knows, and with references allowed wherever a scalar is.
 */
export function configJsonSchema(registry: AdapterRegistry): JsonSchema {
  const schema = convert(configSchema);
  const properties = isMapping(schema.properties) ? schema.properties : {};
  const named = (section: string, adapters: readonly { type: string; options: z.ZodType }[]) => ({
    [section]: { ...asMapping(properties[section]), additionalProperties: oneOfAdapters(adapters) },
  });
  const described = asMapping(properties.source).description;
  return {
    ...schema,
    title: "ocw-engine configuration",
    $defs: { reference: referenceSchema },
    properties: {
      ...properties,
      source: { description: described, ...oneOfAdapters(registry.sources) },
      ...named("destinations", registry.destinations),
      ...named("edges", registry.edges),
    },
  };
}

function convert(schema: z.ZodType): JsonSchema {
  const converted = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      // A secret may come from a reference only.
      if (!takesSecret((value) => z.safeParse(zodSchema, value).success)) return;
      for (const key of Object.keys(jsonSchema)) if (key !== "description") delete jsonSchema[key];
      Object.assign(jsonSchema, reference);
    },
  });
  return asMapping(allowReferences(converted));
}

/** Every constrained scalar may also be a reference; free text may be one as it is. */
function allowReferences(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(allowReferences);
  if (!isMapping(node)) return node;
  const isScalar =
    typeof node.type === "string" && ["string", "integer", "number", "boolean"].includes(node.type);
  if (!isScalar)
    return Object.fromEntries(
      // Keys are never read from references.
      Object.entries(node).map(([key, child]) => [
        key,
        key === "propertyNames" ? child : allowReferences(child),
      ]),
    );
  const { description, default: byDefault, ...constraint } = node;
  if (Object.keys(constraint).length === 1 && node.type === "string") return node;
  return {
    ...(description === undefined ? {} : { description }),
    ...(byDefault === undefined ? {} : { default: byDefault }),
    anyOf: [constraint, reference],
  };
}

function oneOfAdapters(adapters: readonly { type: string; options: z.ZodType }[]): JsonSchema {
  return {
    oneOf: adapters.map(({ type, options }) => {
      const { $schema, ...converted } = convert(options);
      const required = Array.isArray(converted.required) ? converted.required : [];
      return {
        ...converted,
        properties: { type: { const: type }, ...asMapping(converted.properties) },
        required: ["type", ...required],
      };
    }),
  };
}

function asMapping(value: unknown): JsonSchema {
  return isMapping(value) ? value : {};
}
