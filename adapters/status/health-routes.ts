import type { Service } from "../../engine/ports/service.ts";
import { doctorSchema, healthSchema } from "./answers.ts";
import { defineRoute, type Route } from "./route.ts";

/** The routes that tell how the engine and everything around it are. */
export function healthRoutes(service: Service): Route[] {
  return [
    defineRoute({
      method: "get",
      path: "/api/health",
      summary: "How the engine is: what waits, what runs, which purges are owed.",
      role: "viewer",
      answer: healthSchema,
      run: () => service.health(),
    }),
    defineRoute({
      method: "get",
      path: "/api/doctor",
      summary: "Probes the CMS, every destination and every CDN now.",
      role: "viewer",
      answer: doctorSchema,
      run: async () => ({ reports: await service.doctor() }),
    }),
  ];
}
