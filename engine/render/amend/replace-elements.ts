import type { Edit } from "../../markup/edit.ts";
import { placeInBytes } from "../../markup/source-text.ts";
import type { Amendment, PageText } from "../edition.ts";
import { type Elements, readElements } from "./read-elements.ts";
import { wordsOfSelector } from "./words-of-selector.ts";

/** What becomes of elements. */
export interface ElementRule {
  /** A CSS selector of them. */
  readonly select?: string;
  /** Matches the absolute URLs of scripts, frames, images and style sheets: their elements are meant. */
  readonly url?: RegExp;
  /** HTML that stands in their place; nothing, if absent. */
  readonly replacement?: string;
  /** HTML that stands behind the outermost of them, which stay; before one whose end is not certain. */
  readonly notice?: string;
}

/**
 * Takes elements out of pages, or says something of them, by rules. An element that must have an end tag and
 * has none of its own stays, and so does one that other elements cross: what else would go is not known.
 * Throws `invalid-config` for a rule that cannot be read.
 */
export function replaceElements(rules: readonly ElementRule[]): Amendment {
  const selecting = rules.flatMap((rule) => {
    const { select } = rule;
    return select === undefined ? [] : [{ rule, select, words: new RegExp(wordsOfSelector(select)) }];
  });
  const mayMatch = new RegExp(selecting.map(({ words }) => words.source).join("|"));
  const naming = rules.filter(({ url }) => url !== undefined);
  return {
    options: JSON.stringify(rules, (_, value) => (value instanceof RegExp ? `${value}` : value)),
    async amend(page) {
      const { text } = page.source;
      const named = naming.length === 0 ? [] : findNamed(page, naming);
      const may = selecting.length > 0 && mayMatch.test(text) ? selecting : [];
      const asked = may.filter(({ words }) => words.test(text));
      const elements = named.length + asked.length > 0 ? readElements(page.source) : undefined;
      if (elements === undefined) return [];
      const found = asked.flatMap(({ rule, select }) => editsOf(rule, elements.select(select), elements));
      const edits = [...found, ...named.flatMap(({ rule, start }) => editsOf(rule, [start], elements))];
      return placeInBytes(page.source, edits);
    },
  };
}

/** Elements whose URLs rules look at. */
const loading = new Set(["script", "frame", "iframe", "img", "link"]);

function findNamed(
  { references, resolve, source }: PageText,
  rules: readonly ElementRule[],
): { readonly rule: ElementRule; readonly start: number }[] {
  return references.flatMap(({ element, kind, tagStart, url }) => {
    const isLoaded = (kind === "requisite" || kind === "frame") && loading.has(element);
    const absolute = isLoaded && tagStart !== undefined ? resolve(url) : undefined;
    if (absolute === undefined || tagStart === undefined) return [];
    const rule = rules.find((each) => each.url?.test(absolute.href));
    return rule === undefined ? [] : [{ rule, start: tagStart / source.unitBytes }];
  });
}

/** The edits, with places in the text. */
function editsOf(
  { replacement = "", notice }: ElementRule,
  starts: readonly number[],
  elements: Elements,
): Edit[] {
  let outermostEnd = 0;
  return starts.flatMap((start) => {
    const end = elements.endOf(start);
    if (notice === undefined)
      return end === undefined ? [] : [{ start, end, replacement: inAscii(replacement) }];
    if (start < outermostEnd) return [];
    outermostEnd = end ?? start;
    return [{ start: outermostEnd, end: outermostEnd, replacement: inAscii(notice) }];
  });
}

/** HTML with character references in place of all that is not in every charset. */
function inAscii(html: string): string {
  return html.replace(/[^\0-\x7f]/gu, (character) => `&#${character.codePointAt(0)};`);
}
