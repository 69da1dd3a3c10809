import { uidOf } from "./make-object.ts";

/** The demo site's host names: the CMS's, which leaked into a page, and the readers'. */
export const demoHosts = { cms: ["ocwcms.example.edu"], public: "ocw.example.edu" } as const;

/** The paths of the demo's modules. */
export const demoPaths = {
  tides: "/courses/earth-and-sky/es-101-reading-the-tides-spring-2019",
  fluids: "/courses/earth-and-sky/es-220-fluids-at-rest-fall-2020",
  counting: "/courses/numbers-and-shapes/ns-050-counting-carefully-fall-2018",
  department: "/courses/earth-and-sky",
  resource: "/resources/res-001-a-short-guide-to-graph-paper",
} as const;

/** The form the CMS's editor stores for a link to an object: its UID, resolved when asked for. */
export const resolveUid = (path: string, prefix = "./"): string => `${prefix}resolveuid/${uidOf(path)}`;
