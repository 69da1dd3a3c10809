import { Parser } from "htmlparser2";
import { PublishError } from "../../../engine/errors/publish-error.ts";

/** A URL that a sitemap holds, and when it last changed, in milliseconds since 1970, if it says so. */
export interface SitemapEntry {
  readonly url: URL;
  readonly changedMs?: number;
}

/** What one file of the sitemap protocol holds: URLs of pages, or of more sitemaps. */
export interface Sitemap {
  readonly isIndex: boolean;
  readonly entries: readonly SitemapEntry[];
}

// The protocol's own bound of one file.
const entriesMax = 50_000;

/**
 * Reads a sitemap or an index of sitemaps (https://www.sitemaps.org/protocol.html). Throws `corrupt` for what
 * is neither, for elements that are not closed and URLs that are not absolute: half a sitemap would hide
 * pages. Entities that a document declares itself mean nothing.
 */
export function parseSitemap(text: string, subject: string): Sitemap {
  const entries: SitemapEntry[] = [];
  const open: string[] = [];
  let [root, loc, lastmod, content] = ["", "", "", ""];
  let openedAt = 0;
  const fail = (why: string): never => {
    throw new PublishError("corrupt", `${subject} is no right sitemap: ${why}`);
  };
  const parser = new Parser(
    {
      onopentagname(name) {
        if (open.length === 0) root += name;
        if (open.length === 1) [loc, lastmod] = ["", ""];
        open.push(name);
        content = "";
        openedAt = parser.startIndex;
      },
      ontext(part) {
        content += part;
      },
      onclosetag(name, isImplied) {
        // The parser also implies the end of an empty element: then no other tag has begun since its own.
        if (isImplied && parser.startIndex !== openedAt) fail(`${name} is not closed`);
        if (open.length === 3 && open[2] === "loc") loc = content.trim();
        if (open.length === 3 && open[2] === "lastmod") lastmod = content.trim();
        if (open.length === 2)
          entries.push(entryOf(loc, lastmod) ?? fail(`${JSON.stringify(loc.slice(0, 300))} is no URL`));
        if (entries.length > entriesMax) fail(`it has more than ${entriesMax} entries`);
        open.pop();
      },
    },
    { xmlMode: true },
  );
  parser.end(text);
  if (root !== "urlset" && root !== "sitemapindex") fail("its root is neither urlset nor sitemapindex");
  return { isIndex: root === "sitemapindex", entries };
}

function entryOf(loc: string, lastmod: string): SitemapEntry | undefined {
  if (!/^https?:/i.test(loc) || !URL.canParse(loc)) return undefined;
  const changedMs = Date.parse(lastmod);
  return { url: new URL(loc), ...(Number.isNaN(changedMs) ? {} : { changedMs }) };
}
