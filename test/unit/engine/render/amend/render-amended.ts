import type { OnlineOnlyRule } from "../../../../../engine/model/mirror.ts";
import type { SitePath } from "../../../../../engine/model/site-path.ts";
import { mirrorAmendments } from "../../../../../engine/render/amend/mirror-amendments.ts";
import type { Amendment, EditionRules } from "../../../../../engine/render/edition.ts";
import { mirrorEdition } from "../../../../../engine/render/mirror-edition.ts";
import { renderDocument } from "../../../../../engine/render/render-document.ts";
import type { SiteView, Whereabouts } from "../../../../../engine/render/site-view.ts";

export const cms = "http://cms.example:8080";
export const publicUrl = "https://ocw.example.edu";

/** A site that has every page but those of /courses/away, and one file that goes by a query. */
export const view: SiteView = {
  async find(url): Promise<Whereabouts> {
    const [raw = "", query] = url.split("?");
    const path = raw
      .replace(/[^\w./-]+/g, "_")
      .replace(/\/{2,}/g, "/")
      .replace(/\/$/, "");
    if (path.startsWith("/courses/away") || (query !== undefined && query !== "x=1"))
      return { kind: "away", url };
    const isFile = /\.[a-z]{3,4}$/.test(path);
    const file = query === undefined ? path : path.replace(/(\.\w+)?$/, "~12345678$1");
    return { kind: "here", path: (isFile ? file : `${file}/index.htm`) as SitePath, form: "page", url };
  },
  media: async () => ({ captions: [] }),
};

export const source = {
  origin: cms,
  hosts: [new URL(cms).host],
  canonical(url: URL): URL {
    url.pathname = url.pathname.replace(/(?<=.)\/$/, "");
    return url;
  },
};

/** The mirror edition with these amendments. */
export function mirrorWith(amendments: readonly Amendment[]): EditionRules {
  const names = { claim: async (_: string, __: SitePath, [wanted = ""]: readonly string[]) => wanted };
  return mirrorEdition({ edition: "mirror/all", publicUrl, names, amendments });
}

/** Renders a page at /courses/a/b with its bytes as characters of latin1. */
export async function renderBytes(
  html: string,
  amendments: readonly Amendment[],
  charset?: string,
  mediaType = "text/html",
): Promise<string> {
  const path = "/courses/a/b/index.htm" as SitePath;
  const document = { sourceUrl: `${cms}/courses/a/b`, path, form: "page" } as const;
  const settings = { source, publicUrl, rules: mirrorWith(amendments) };
  const bytes = Buffer.from(html, "latin1");
  const rendered = await renderDocument(bytes, mediaType, charset, document, view, settings);
  return Buffer.from(rendered).toString("latin1");
}

/** Renders by these rules, without what the head gets. */
export async function renderBy(onlineOnly: readonly OnlineOnlyRule[], html: string): Promise<string> {
  const [elements] = mirrorAmendments({ settings: { onlineOnly }, publicUrl });
  return renderBytes(html, elements === undefined ? [] : [elements]);
}
