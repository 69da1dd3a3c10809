/** The vocabulary to which an element belongs: its names mean different things in each. */
export type Realm = "html" | "svg" | "math";

/**
 * Follows a page in and out of inline SVG and MathML, where titles, styles and scripts are ordinary
 * elements.
 */
export interface ForeignContent {
  realm(): Realm;
  /** Whether any SVG or MathML is open, be it around HTML. */
  isWithin(): boolean;
  /** To be told of every start tag; gives the realm of the element itself. */
  enter(name: string, selfClosing: boolean): Realm;
  leave(name: string): void;
}

/** Elements of SVG and MathML whose content is HTML again (WHATWG HTML §13.2.6, integration points). */
const integrationPoints: Record<Realm, ReadonlySet<string>> = {
  html: new Set(),
  svg: new Set(["foreignobject", "desc", "title"]),
  math: new Set(["mi", "mo", "mn", "ms", "mtext"]),
};

/** Start tags that end an SVG or MathML left open (WHATWG HTML §13.2.6.5). */
const breakouts = new Set(
  (
    "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li " +
    "listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var"
  ).split(" "),
);

/** Further elements of HTML whose end tag ends an SVG or MathML left open within them. */
const containers = new Set("article form header footer html main section td th tr".split(" "));

/**
 * A follower for one page, or for a document of XML, where no tag ends what others opened. Its work is linear
 * in the number of tags, whatever their nesting.
 */
export function createForeignContent(isXml: boolean): ForeignContent {
  const open: { name: string; realm: Realm }[] = [];
  const counts = new Map<string, number>();
  let current: Realm = "html";
  const push = (name: string, inside: Realm) => {
    open.push({ name, realm: inside });
    current = inside;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  };
  const pop = (): string => {
    const name = open.pop()?.name ?? "";
    current = open.at(-1)?.realm ?? "html";
    counts.set(name, (counts.get(name) ?? 0) - 1);
    return name;
  };
  const leaveForeign = () => {
    while (current !== "html") pop();
  };
  const enter = (name: string, selfClosing: boolean): Realm => {
    if (!isXml && current !== "html" && breakouts.has(name)) leaveForeign();
    const outside = current;
    const isRoot = outside === "html" && (name === "svg" || name === "math");
    const realm = isRoot ? name : outside;
    // In HTML itself the slash of a tag means nothing.
    if (selfClosing && (isXml || realm !== "html")) return realm;
    if (isRoot) push(name, name);
    else if (integrationPoints[outside].has(name)) push(name, "html");
    else if (name === outside) push(name, outside);
    return realm;
  };
  const leave = (name: string) => {
    // An SVG left open ends with what is around it: who knows no HTML tree takes it that such an element is.
    if (!isXml && (breakouts.has(name) || containers.has(name))) leaveForeign();
    if ((counts.get(name) ?? 0) > 0) while (pop() !== name);
  };
  return { realm: () => current, isWithin: () => open.length > 0, enter, leave };
}
