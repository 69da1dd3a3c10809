/** What moves a browser in and out of the comment within a script, and of the script within that comment. */
const scriptMarks = /<!--|-->|<\/?script(?=[ \t\n\f\r/>])/gi;

const commentEnd = /--!?>/g;

const rawEnds = new Map(
  ["style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"].map((name) => [
    name,
    new RegExp(String.raw`</${name}(?=[ \t\n\f\r/>])`, "gi"),
  ]),
);

/** The elements of HTML whose content is text up to their end tag, whatever looks like a tag in it. */
export const rawNames: readonly string[] = ["script", "plaintext", ...rawEnds.keys()];

/**
 * The place of the end tag of such an element, or the end of the text if it is never closed, as `plaintext`
 * cannot be (WHATWG HTML §13.2.5.2 to 5).
 */
export function endOfRaw(text: string, name: string, from: number): number {
  if (name === "script") return endOfScript(text, from);
  const end = rawEnds.get(name);
  return end === undefined ? text.length : matchOrEnd(text, end, from);
}

/**
 * A `</script>` in the script of a comment of a script does not end it (WHATWG HTML §13.2.5.27). Takes linear
 * time.
 */
function endOfScript(text: string, from: number): number {
  let depth = 0;
  scriptMarks.lastIndex = from;
  for (let found = scriptMarks.exec(text); found !== null; found = scriptMarks.exec(text)) {
    const mark = found[0].toLowerCase();
    if (mark === "-->") depth = 0;
    else if (mark === "<!--") {
      depth = Math.max(depth, 1);
      // The dashes of `<!-->` both open and close.
      scriptMarks.lastIndex = found.index + 2;
    } else if (mark === "<script") depth = depth === 0 ? 0 : 2;
    else if (depth < 2) return found.index;
    else depth = 1;
  }
  return text.length;
}

/**
 * The place behind the comment that begins with `<!--` at the given place (WHATWG HTML §13.2.5.43 to 51). In
 * XML only `-->` ends it.
 */
export function behindComment(text: string, open: number, isXml: boolean): number {
  if (isXml) return placeOrEnd(text, "-->", open + 4) + 3;
  // The dashes of `<!-->` and `<!--->` both open and close.
  if (text.startsWith(">", open + 4)) return open + 5;
  if (text.startsWith("->", open + 4)) return open + 6;
  const end = matchOrEnd(text, commentEnd, open + 4);
  return text.startsWith("-->", end) ? end + 3 : end + 4;
}

/** The place of the next such mark, or the end of the text. */
export function placeOrEnd(text: string, mark: string, from: number): number {
  const place = text.indexOf(mark, from);
  return place < 0 ? text.length : place;
}

function matchOrEnd(text: string, pattern: RegExp, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}
