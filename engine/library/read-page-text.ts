import { Parser } from "htmlparser2";
import { encodingOf } from "../markup/encoding-of.ts";

/** What people read of a page. */
export interface PageText {
  /** Without what is around it, at most 200 characters; empty if it has none. */
  readonly title: string;
  /** What its meta element says, at most 300 characters; empty if it says nothing. */
  readonly description: string;
  readonly text: string;
}

const titleCharactersMax = 200;
const descriptionCharactersMax = 300;

/** What is no text of the page's own, with all that is in it. */
const passedOver = new Set(["script", "style", "template", "noscript", "nav", "svg", "select", "object"]);

/** What may stand within a word. */
const withinWords = new Set(
  "a abbr acronym b big cite code del em font i ins mark q s small span strike strong sub sup tt u wbr".split(
    " ",
  ),
);

/** Reads a page of HTML. Throws `corrupt` if it declares an encoding that cannot be read. */
export function readPageText(bytes: Uint8Array): PageText {
  let title = "";
  let description = "";
  const text: string[] = [];
  let passing = 0;
  let isInTitle = false;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (passing > 0 || passedOver.has(name)) passing++;
      else if (name === "title") isInTitle = title === "";
      else if (name === "meta" && attributes.name?.toLowerCase() === "description")
        description ||= attributes.content ?? "";
      else if (!withinWords.has(name)) text.push(" ");
    },
    onclosetag(name) {
      if (passing > 0) passing--;
      else if (name === "title") isInTitle = false;
      else if (!withinWords.has(name)) text.push(" ");
    },
    ontext(read) {
      if (isInTitle) title += read;
      else if (passing === 0) text.push(read);
    },
  });
  parser.end(new TextDecoder(encodingOf(bytes, undefined, "html")).decode(bytes));
  return {
    title: shortened(title, titleCharactersMax),
    description: shortened(description, descriptionCharactersMax),
    text: text.join(""),
  };
}

function shortened(text: string, charactersMax: number): string {
  const plain = text.replace(/\s+/g, " ").trim();
  if (plain.length <= charactersMax) return plain;
  // Half of a character is none.
  const cut = plain.slice(0, charactersMax - 1).replace(/[\ud800-\udbff]$/, "");
  return `${cut.slice(0, cut.lastIndexOf(" ") + 1 || cut.length).trimEnd()}…`;
}
