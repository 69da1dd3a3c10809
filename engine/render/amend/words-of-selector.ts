import { load } from "cheerio";
import { type CssNode, parse } from "css-tree";
import { PublishError } from "../../errors/publish-error.ts";

/** What of a page a selector asks for, the most telling first. */
type Part = "name" | "substring" | "element";

/**
 * The source of a regular expression that fits every page in which a selector finds anything, and few
 * others: to look for it is much faster than to read the elements. It knows nothing of character references:
 * nobody writes identifiers with them. Throws `invalid-config` for what is no selector.
 */
export function wordsOfSelector(selector: string): string {
  try {
    load("")(selector);
    const list = parse(selector, { context: "selectorList" });
    return list.type === "SelectorList" ? [...new Set(list.children.toArray().map(wordsOf))].join("|") : "";
  } catch (error) {
    const problem = `the selector ${JSON.stringify(selector)} cannot be read`;
    throw new PublishError("invalid-config", problem, { cause: error });
  }
}

/** The most telling words that one selector asks for; nothing, which every page has, if it has none. */
function wordsOf(selector: CssNode): string {
  const words = new Map<Part, string>();
  if (selector.type === "Selector")
    for (const node of selector.children.toArray()) {
      const [part, written] = partOf(node) ?? [];
      // What has to be escaped in HTML may be written in many ways.
      if (part !== undefined && /^[!#-%(-;=?-~ ]+$/.test(written ?? "")) words.set(part, written ?? "");
    }
  const [name, substring, element] = [words.get("name"), words.get("substring"), words.get("element")];
  if (name !== undefined) return `["'=\\s]${RegExp.escape(name)}`;
  if (substring !== undefined) return RegExp.escape(substring);
  return element === undefined ? "" : `<${anyCase(element)}[\\s/>]`;
}

/** Attributes whose values CSS compares letter for letter. */
const exact = /^(?:id|class|name|href|src|action|title|value|data-.*)$/i;

function partOf(node: CssNode): readonly [Part, string] | undefined {
  if (node.type === "IdSelector" || node.type === "ClassSelector") return ["name", node.name];
  if (node.type === "TypeSelector" && /^[\w-]+$/.test(node.name)) return ["element", node.name];
  if (node.type === "PseudoClassSelector" && node.name === "contains") {
    const text = node.children?.first;
    return text?.type === "Raw" ? ["substring", text.value.replace(/^(["'])(.*)\1$/, "$2")] : undefined;
  }
  if (node.type !== "AttributeSelector" || node.value === null || node.flags !== null) return undefined;
  if (!exact.test(node.name.name)) return undefined;
  const value = node.value.type === "String" ? node.value.value : node.value.name;
  if (value === "") return undefined;
  return [node.matcher === "*=" || node.matcher === "$=" ? "substring" : "name", value];
}

/** The `i` flag would make the whole search slow. */
function anyCase(name: string): string {
  return name.replace(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);
}
