import type { Realm } from "./foreign-content.ts";
import { createNameTable } from "./name-table.ts";
import type { ReferenceKind } from "./reference.ts";
import type { Vocabulary } from "./scan-tags.ts";

const media = { src: "requisite" } as const;
const background = { background: "requisite" } as const;
const citation = { cite: "link" } as const;
const applet = { codebase: "base", code: "requisite", archive: "requisite" } as const;
const image = { src: "requisite", srcset: "requisite", longdesc: "link" } as const;

/** Elements of HTML whose attributes hold URLs, old ones included, and what those are for. */
const references: Record<string, Record<string, ReferenceKind>> = {
  a: { href: "link" },
  applet,
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
  meta: { content: "link" },
  option: { value: "link" },
  object: { data: "requisite", codebase: "base", archive: "requisite" },
  param: { value: "requisite" },
  q: citation,
  script: media,
  source: { src: "requisite", srcset: "requisite" },
  table: background,
  tbody: background,
  td: background,
  tfoot: background,
  th: background,
  thead: background,
  tr: background,
  track: media,
  video: { src: "requisite", poster: "requisite" },
};

/**
 * Attributes of XML outside SVG that hold URLs, whatever the element: of feeds and of unknown vocabularies.
 */
const xmlReferences = new Map<string, ReferenceKind>([
  ["href", "link"],
  ["xlink:href", "link"],
  ["src", "requisite"],
  ["url", "link"],
]);

/** Attributes of SVG that are declarations of CSS with a `url()` in them. */
const presentations = new Set(
  "clip-path cursor fill filter marker-end marker-mid marker-start mask stroke".split(" "),
);

/** Attributes with scripts of which some take readers to another page. */
const handlers =
  "onclick ondblclick onmousedown onmouseup onkeypress onkeydown onchange onsubmit onload".split(" ");

const table = new Map(
  Object.entries(references).map(([name, kinds]) => [name, new Map(Object.entries(kinds))]),
);

/**
 * The elements that may refer to something, and the attributes to look at: those that hold URLs, and those
 * that decide whether others do.
 */
export const vocabulary: Vocabulary = {
  elements: createNameTable(table.keys()),
  attributes: createNameTable(
    new Set([
      ...Object.values(references).flatMap((kinds) => Object.keys(kinds)),
      ...xmlReferences.keys(),
      ...presentations,
      ..."style rel type http-equiv property name classid".split(" "),
      ...handlers,
    ]),
  ),
};

/** What the URL in this attribute of this element is for; undefined when it holds none. */
export function kindOf(realm: Realm, element: string, attribute: string): ReferenceKind | undefined {
  if (realm === "html") return table.get(element)?.get(attribute);
  if (attribute !== "href" && attribute !== "xlink:href") return undefined;
  return realm === "math" || element === "a" ? "link" : "requisite";
}

/** The same for XML that is no XHTML for sure: its `base` may be anything. */
export function kindInXml(realm: Realm, element: string, attribute: string): ReferenceKind | undefined {
  const kind = kindOf(realm, element, attribute);
  if (realm !== "html") return kind;
  return kind === undefined || kind === "base" ? xmlReferences.get(attribute) : kind;
}

/** The elements of sitemaps and feeds whose text is a URL. */
export const linkTexts: ReadonlySet<string> = new Set(["link", "loc", "url"]);

/** Whether the value of the attribute is CSS. */
export function isDeclarations(realm: Realm, attribute: string): boolean {
  return attribute === "style" || (realm === "svg" && presentations.has(attribute));
}

/** Whether a `<param>` of this name gives the file that a plug-in plays. */
export function isFileParameter(name: string): boolean {
  return /^(?:movie|src|filename|file|url|source|qtsrc)$/i.test(name);
}

/** Whether a `<meta>` of this property or name gives a URL to those who show links, as Open Graph does. */
export function isUrlProperty(property: string): boolean {
  return /:(?:image|url|secure_url|src|audio|video)$/i.test(property);
}

/** Whether the value of the attribute is a script. */
export function isHandler(attribute: string): boolean {
  return attribute.startsWith("on");
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

/** Whether a `<link>` of this relation says where the page itself is at home. */
export function isCanonicalRelation(rel: string): boolean {
  return /(?:^|\s)canonical(?:$|\s)/i.test(rel);
}

/** Whether a `<link>` of this relation is needed to show the page. */
export function isRequisiteRelation(rel: string): boolean {
  return rel
    .toLowerCase()
    .split(/[ \t\n\f\r]+/)
    .some((relation) => requisiteRelations.has(relation));
}
