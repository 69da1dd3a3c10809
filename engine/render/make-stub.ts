import { PublishError } from "../errors/publish-error.ts";
import { encodeAttribute, encodeReference } from "../markup/encode-reference.ts";
import { kindOfEdition } from "../model/release.ts";
import { parseSitePath, type SitePath, urlPathOf } from "../model/site-path.ts";
import type { RenderSettings } from "./edition.ts";
import { replaceHosts } from "./replace-hosts.ts";
import type { SiteView } from "./site-view.ts";
import { isServedAs } from "./web-edition.ts";

/** A page that takes readers of a URL to where its content stands now. */
export interface Stub {
  /** The path in the edition. */
  readonly path: SitePath;
  /** Root-relative within the edition, or absolute. */
  readonly redirectTo: string;
  /** Where the redirects end: a URL of the source, or of another site. */
  readonly end: string;
  readonly html: string;
}

// Stands for whatever host the edition is read at.
const anyHost = "http://edition.invalid";

/**
 * The stub for a URL of the source that redirects. None for a pointer, for another name of the page it leads
 * to, where nothing is at its end, and for what an origin could not serve a file for, such as a query.
 */
export async function makeStub(
  url: string,
  view: Pick<SiteView, "find">,
  { source, rules, publicUrl }: RenderSettings,
): Promise<Stub | undefined> {
  const sitePath = stubPathOf(url);
  if (sitePath === undefined || source.isPointer?.(new URL(source.origin + url)) === true) return undefined;
  const whereabouts = await view.find(url);
  const absolute = new URL(whereabouts.url, source.origin);
  if (whereabouts.kind === "gone" || !/^https?:$/.test(absolute.protocol)) return undefined;
  const isOfSite = whereabouts.kind !== "elsewhere" || absolute.host === new URL(publicUrl).host;
  const hostless = absolute.pathname + absolute.search;
  if (isOfSite && isServedAs(hostless, url)) return undefined;
  const path = await rules.place(sitePath);
  // Where it leads elsewhere, its fragment is in the URL already.
  absolute.hash = "";
  const document = { sourceUrl: source.origin + url, path, form: "page" } as const;
  const write = async (kind: "link" | "canonical"): Promise<string> => {
    const written = await rules.link(document, { raw: absolute.href, kind, hostless, whereabouts });
    return replaceHosts(written ?? absolute.href, source.hosts, publicUrl);
  };
  const href = await write("link");
  const { origin, pathname, search, hash, href: whole } = new URL(href, anyHost + urlPathOf(path));
  const redirectTo = origin === anyHost ? pathname + search + hash : whole;
  const html = stubPage(href, await write("canonical"), kindOfEdition(rules.edition) !== "web");
  return { path, redirectTo, end: whereabouts.url, html };
}

/** The path whose file the origin serves for a URL, as for a page; undefined if there can be none. */
function stubPathOf(url: string): SitePath | undefined {
  try {
    const decoded = decodeURIComponent(url);
    if (urlPathOf(decoded) !== url) return undefined;
    return parseSitePath(/\.html?$/i.test(decoded) ? decoded : `${decoded.replace(/\/$/, "")}/index.htm`);
  } catch (error) {
    if (error instanceof URIError || (error instanceof PublishError && error.code === "refused"))
      return undefined;
    throw error;
  }
}

function stubPage(href: string, canonical: string, isCopy: boolean): string {
  const url = encodeAttribute(href);
  const refresh = encodeReference({ syntax: "refresh", quoting: { attribute: '"', inner: "" } }, href);
  const robots = isCopy ? '\n<meta name="robots" content="noindex">' : "";
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>This page has moved</title>
<meta http-equiv="refresh" content="0; url=${refresh}">${robots}
<link rel="canonical" href="${encodeAttribute(canonical)}">
</head>
<body>
<p>This page has moved: <a href="${url}">go to its new place</a>.</p>
</body>
</html>
`;
}
