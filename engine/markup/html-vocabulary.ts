import type { Realm } from "./foreign-content.ts";
import { createNameTable } from "./name-table.ts";
import type { ReferenceKind } from "./reference.ts";

const media = { src: "requisite" } as const;
const background = { background: "requisite" } as const;
const citation = { cite: "link" } as const;
const image = { src: "requisite", srcset: "requisite", longdesc: "link" } as const;

/** Elements of HTML whose attributes hold URLs, old ones included, and what those are for. */
const references: Record<string, Record<string, ReferenceKind>> = {
  a: { href: "link" },
  area: { href: "link" },
  audio: media,
  base: { href: "base" },
  blockquote: citation,
  body: background,
  button: { formaction: "form" },
  del: citation,
  embed: media,
  form: { action: "form" },
  frame: { src: "frame", longdesc: "link" },
  iframe: { src: "frame", longdesc: "link" },
  image,
  img: image,
  input: { src: "requisite", formaction: "form" },
  ins: citation,
  link: { href: "link", imagesrcset: "requisite" },
  object: { data: "requisite" },
  q: citation,
  script: media,
  source: { src: "requisite", srcset: "requisite" },
  table: background,
  td: background,
  th: background,
  tr: background,
  track: media,
  video: { src: "requisite", poster: "requisite" },
};

const table = new Map(
  Object.entries(references).map(([name, kinds]) => [name, new Map(Object.entries(kinds))]),
);

/** The attributes to look at: those that hold URLs, and those that decide whether others do. */
export const wantedAttributes = createNameTable(
  new Set([
    ...Object.values(references).flatMap((kinds) => Object.keys(kinds)),
    "style",
    "xlink:href",
    "rel",
    "type",
    "http-equiv",
    "content",
  ]),
);

/** What the URL in this attribute of this element is for; undefined when it holds none. */
export function kindOf(realm: Realm, element: string, attribute: string): ReferenceKind | undefined {
  if (realm === "html") return table.get(element)?.get(attribute);
  if (attribute !== "href" && attribute !== "xlink:href") return undefined;
  return realm === "math" || element === "a" ? "link" : "requisite";
}

/** Whether the value of the attribute is a list of candidates instead of one URL. */
export function isSrcset(attribute: string): boolean {
  return attribute === "srcset" || attribute === "imagesrcset";
}

const requisiteRelations = new Set([
  "stylesheet",
  "icon",
  "apple-touch-icon",
  "apple-touch-icon-precomposed",
  "mask-icon",
  "manifest",
  "preload",
  "modulepreload",
]);

/** Whether a `<link>` of this relation is needed to show the page. */
export function isRequisiteRelation(rel: string): boolean {
  return rel
    .toLowerCase()
    .split(/[ \t\n\f\r]+/)
    .some((relation) => requisiteRelations.has(relation));
}
