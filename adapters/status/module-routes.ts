import { PublishError } from "../../engine/errors/publish-error.ts";
import { assetsModule, type ModuleId, parseModuleId } from "../../engine/model/module.ts";
import type { Service } from "../../engine/ports/service.ts";
import { moduleListSchema, moduleWithReleasesSchema } from "./answers.ts";
import { defineRoute, type Route } from "./route.ts";

const releasesMax = 100;

/** The routes that tell what is live where. */
export function moduleRoutes(service: Service): Route[] {
  return [
    defineRoute({
      method: "get",
      path: "/api/modules",
      summary: "Every module with what is live where.",
      role: "viewer",
      answer: moduleListSchema,
      run: async () => ({ modules: await service.modules() }),
    }),
    defineRoute({
      method: "post",
      path: "/api/modules",
      summary: "Asks the CMS for its modules again, and answers them.",
      role: "publisher",
      answer: moduleListSchema,
      async run() {
        await service.refreshModules();
        return { modules: await service.modules() };
      },
    }),
    defineRoute({
      method: "get",
      path: "/api/modules/*module",
      summary:
        "One module with its releases. Its id is the rest of the path: /api/modules/courses/physics/8-01.",
      role: "viewer",
      answer: moduleWithReleasesSchema,
      async run({ param }) {
        const id = moduleIdOf(param);
        const view = await service.module(id);
        if (view === undefined) throw new PublishError("not-found", `no module is called ${id}`);
        const releases = [...(await service.releases(id))].sort((a, b) => b.id - a.id);
        return { ...view, releases: releases.slice(0, releasesMax) };
      },
    }),
  ];
}

function moduleIdOf(path: string): ModuleId {
  return path === assetsModule ? assetsModule : parseModuleId(`/${path}`);
}
