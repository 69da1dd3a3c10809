import { z } from "zod";
import type { Service } from "../../engine/ports/service.ts";
import { roles } from "../../engine/ports/store/store.ts";
import { namedSchemas, newTokenSchema } from "./answers.ts";
import { defineRoute, type Route } from "./route.ts";

const requestSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[\w@.+-]{1,100}$/)
    .describe("Whose token it is."),
  role: z.enum(roles),
});
namedSchemas.add(requestSchema, { id: "TokenRequest" });

/** The route that makes tokens. */
export function tokenRoutes(service: Service): Route[] {
  return [
    defineRoute({
      method: "post",
      path: "/api/tokens",
      summary: "Makes a bearer token and answers it, this once.",
      role: "admin",
      body: requestSchema,
      answer: newTokenSchema,
      status: 201,
      async run({ body: { name, role } }) {
        return { name, role, token: await service.createToken(name, role) };
      },
    }),
  ];
}
