import { libraryFolder, libraryPaths } from "../model/library-paths.ts";
import { parseSitePath, type SitePath } from "../model/site-path.ts";
import { relativeUrl } from "../render/mirror-edition.ts";
import type { LibraryFacts } from "./library-facts.ts";

const inFolder = (name: string): SitePath => parseSitePath(`${libraryFolder}/${name}`);

/** Where the pages and scripts of the library stand. */
export const libraryPagePaths = {
  index: parseSitePath(libraryPaths.index),
  about: inFolder("index.htm"),
  search: inFolder("search.htm"),
  style: inFolder("style.css"),
  script: inFolder("search/search.js"),
  titles: inFolder("search/titles.js"),
  descriptions: inFolder("search/descriptions.js"),
  shards: inFolder("search/terms.js"),
  shard: (name: string) => inFolder(`search/terms/${name}.js`),
  pages: (name: string) => inFolder(`search/pages/${name}.js`),
} as const;

/** Text as it stands in HTML, in quoted attributes too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A link to a path of the copy, as seen from another. */
export function linkTo(from: SitePath, to: SitePath, text: string): string {
  return `<a href="${escapeHtml(relativeUrl(from, to))}">${escapeHtml(text)}</a>`;
}

/** A link that needs the network. */
export function liveLink(url: string, text: string): string {
  return `<a data-online href="${escapeHtml(url)}">${escapeHtml(text)}</a>`;
}

/** A size as people say it, by thousands: "1.2 GB". */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let power = 1;
  // What is rounded up to a thousand is one of the next.
  while (bytes / 1000 ** power >= 999.5 && power < 4) power++;
  const value = bytes / 1000 ** power;
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${["B", "kB", "MB", "GB", "TB"][power]}`;
}

/** A count with its noun: "1,200 files". */
export function countText(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** A day in UTC: "2026-11-20". */
export function dayText(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** The search box; hidden until the script of the copy runs. Its answers stand on the search page. */
export function searchForm(from: SitePath): string {
  const target = escapeHtml(relativeUrl(from, libraryPagePaths.search));
  return `<form role="search" class="search" action="${target}" hidden>
<label for="q">Search this copy</label>
<input type="search" id="q" name="q" autocomplete="off" spellcheck="false" maxlength="200">
<button>Search</button>
</form>`;
}

/** A whole page of the library, without anything from a network. `path` is where it stands. */
export function libraryPage(
  facts: Pick<LibraryFacts, "siteName" | "licence" | "publicUrl" | "signerKeyFingerprint">,
  path: SitePath,
  page: { readonly title: string; readonly intro: string; readonly main: string },
): string {
  const { index, search, about, style, script } = libraryPagePaths;
  const link = (to: SitePath, text: string) =>
    to === path ? `<a aria-current="page" href="#top">${text}</a>` : linkTo(path, to, text);
  const licence = facts.licence && `Licence: ${liveLink(facts.licence.url, facts.licence.name)}.`;
  const { signerKeyFingerprint: key } = facts;
  // It stands on the front door, too, so that a copy signed by another key is another one.
  const signed = key && ` Signed by the key <code>${escapeHtml(key)}</code>.`;
  const title = page.title === facts.siteName ? page.title : `${page.title} · ${facts.siteName}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="stylesheet" href="${relativeUrl(path, style)}">
<script defer src="${relativeUrl(path, script)}"></script>
</head>
<body class="ocw-copy-library" id="top">
<a class="skip" href="#main">Skip to the content</a>
<header>
<nav aria-label="This copy">
${link(index, "Library")}
${link(search, "Search")}
${link(about, "About this copy")}
</nav>
<h1>${escapeHtml(page.title)}</h1>
${page.intro}
</header>
<main id="main" tabindex="-1">
${page.main}
</main>
<footer>
<p>A copy of ${liveLink(facts.publicUrl, facts.publicUrl)}. ${licence ?? ""}${signed ?? ""}</p>
</footer>
</body>
</html>
`;
}

/** The page that the search fills in. */
export function searchPage(facts: LibraryFacts): string {
  const { search, index } = libraryPagePaths;
  return libraryPage(facts, search, {
    title: "Search",
    intro: searchForm(search),
    main: `<p id="found" role="status" aria-live="polite"></p>
<ol id="results" class="results" aria-label="Results"></ol>
<p><button type="button" id="more" hidden>Show more</button></p>
<p id="without">The search needs a browser in which scripts run. Without them,
${linkTo(search, index, "the library")} lists everything, and the browser can find words on it.</p>`,
  });
}
