/** Where a browser's tokenizer depends on more than the one of htmlparser2 knows. */
const cuts = /<\/script|<!\[CDATA\[/gi;

/** What moves a browser in and out of the comment within a script, and of the script within that comment. */
const marks = /<!--|-->|<\/?script(?=[ \t\n\f\r/>])/gi;

/** What must be known of the page at the moment a chunk begins. */
export interface ChunkContext {
  /** Where the script that is open began; negative when none is. */
  scriptStart(): number;
  /** Whether SVG or MathML is being read. */
  isForeign(): boolean;
}

/**
 * The text of a page in chunks for the tokenizer, of the same length, in which nothing looks like the end
 * of a script or the start of CDATA that is none in a browser: `</script>` in the script of a comment of a
 * script (WHATWG HTML §13.2.5.27), and CDATA outside SVG and MathML, which is a comment up to the next `>`
 * (§13.2.5.42). Takes linear time.
 */
export function* maskChunks(text: string, context: ChunkContext): Iterable<string> {
  const isDoubleEscaped = followScript(text);
  let from = 0;
  let chunkStart = "";
  for (const { index } of text.matchAll(cuts)) {
    yield chunkStart + text.slice(from + chunkStart.length, index);
    from = index;
    chunkStart = "";
    const scriptStart = context.scriptStart();
    if (text.charAt(index + 1) === "!") chunkStart = context.isForeign() ? "" : "<! ";
    else if (scriptStart >= 0 && isDoubleEscaped(scriptStart, index)) chunkStart = "< ";
  }
  yield chunkStart + text.slice(from + chunkStart.length);
}

/** Tells of growing places within scripts whether they are in a script within a comment of the script. */
function followScript(text: string): (scriptStart: number, place: number) => boolean {
  let start = -1;
  let next = 0;
  let depth = 0;
  return (scriptStart, place) => {
    if (start !== scriptStart) {
      start = scriptStart;
      next = scriptStart;
      depth = 0;
    }
    while (next < place) {
      marks.lastIndex = next;
      const mark = marks.exec(text);
      next = mark === null ? text.length : mark.index;
      if (mark === null || next >= place) break;
      depth = depthAfter(mark[0].toLowerCase(), depth);
      // The dashes of `<!-->` both open and close.
      next += mark[0] === "<!--" ? 2 : mark[0].length;
    }
    return depth === 2;
  };
}

function depthAfter(mark: string, depth: number): number {
  if (mark === "-->") return 0;
  if (mark === "<!--") return Math.max(depth, 1);
  if (mark === "<script") return depth === 1 ? 2 : depth;
  return Math.min(depth, 1);
}
