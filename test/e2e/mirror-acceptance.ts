import type { ConsoleMessage, Page, Request, Response } from "playwright-core";
import type { Browser } from "./chromium.ts";
import { anchorsInDom, linksInDom } from "./link-oracle-in-page.ts";

/** A page of a mirror, and what it was made from; pages that the copy itself adds have no source. */
export interface MirrorPage {
  /** Its path in the tree. */
  readonly path: string;
  readonly bytes: Buffer;
  /** Where a stub takes its readers: from the root of the tree, or to another host. */
  readonly leadsTo?: string;
  readonly source?: { readonly url: string; readonly charset: string; read(): Promise<Buffer> };
}

/** The tree of a mirror. */
export interface MirrorTree {
  readonly root: string;
  readonly pages: readonly MirrorPage[];
  /** Every path of the tree. */
  readonly files: ReadonlySet<string>;
  /** Hosts that no page of the tree may name. */
  readonly hosts: readonly string[];
  readonly publicUrl: string;
  /** Where in the tree stands what a URL shows at the source; undefined if the tree does not hold it. */
  placeOf(url: string): string | undefined;
}

/** What an acceptance crawl of a mirror found. */
export interface Acceptance {
  /** Pages of the source that were opened. */
  readonly pages: number;
  /** Pages besides that were opened: the library's own, and stubs that lead to a page of the tree. */
  readonly added: number;
  /** Links from page to page that work at the source and in the mirror, with fragments and in all. */
  readonly kept: { readonly links: number; readonly fragments: number };
  /** What must not be, one line each with its page. */
  readonly faults: readonly string[];
  /** Links that the mirror does not hold, by why, since the source does not either. */
  readonly listed: ReadonlyMap<string, readonly string[]>;
}

/** How to open a mirror. */
export interface AcceptanceOptions {
  readonly browser: Browser;
  /** The URL of the tree's root, ending in a slash. */
  readonly base: string;
  /** True from a server. Else the network is cut, and the links are read, which are the same then. */
  readonly isServed: boolean;
}

type Original = NonNullable<MirrorPage["source"]>;

interface Link {
  readonly place: string;
  readonly url: string;
}

/** Names that fragments can lead to, and the addresses of a page's links to itself. */
interface Anchors {
  readonly names: readonly string[];
  readonly own: readonly string[];
}

interface Seen {
  readonly links: readonly Link[];
  readonly anchors: Anchors;
}

const nothingSeen: Seen = { links: [], anchors: { names: [], own: [] } };
const seenInDom = `({ links: ${linksInDom}, anchors: ${anchorsInDom} })`;

/** What a page did while it was opened. */
interface Opened extends Seen {
  readonly faults: readonly string[];
  readonly errors: readonly string[];
}

const tabCount = 3;

/**
 * Opens every page of a mirror. No request may leave the tree, none may fail, no link that leads at the
 * source to what the tree holds may lead elsewhere, no place in a page may be lost, and the console tells no
 * error that the page online does not tell.
 */
export async function acceptMirror(site: MirrorTree, options: AcceptanceOptions): Promise<Acceptance> {
  const { context } = options.browser;
  await context.setOffline(!options.isServed);
  const readLinks = await openReader(options.browser, site, false);
  const readErrors = await openReader(options.browser, site, true);
  const faults: string[] = [];
  const listed = new Map<string, string[]>();
  const list = (why: string, what: string) => listed.set(why, [...(listed.get(why) ?? []), what]);
  const kept = { links: 0, fragments: 0 };
  const places = placesInPages();
  // The rest would ask another host.
  const pages = site.pages.filter(({ leadsTo }) => leadsTo?.startsWith("/") !== false);
  const waiting = [...pages];
  const work = async (): Promise<void> => {
    const tab = await context.newPage();
    for (let page = waiting.pop(); page !== undefined; page = waiting.pop()) {
      const opened = await openPage(tab, page, options);
      const tell = (fault: string) =>
        faults.push(`${options.isServed ? "served, " : ""}${page?.path}: ${fault}`);
      for (const fault of opened.faults) tell(fault);
      const { errors } = opened;
      const excused = errors.length > 0 && page.source ? (await readErrors(page.source)).errors : undefined;
      for (const error of errors) if (excused?.has(withoutUrls(error)) !== true) tell(error);
      if (options.isServed) continue;
      const found = judgeLinks(opened.links, site, options.base);
      for (const fault of found.faults) tell(fault);
      for (const [why, url] of found.listed) list(why, `${page.path}: ${url}`);
      for (const host of site.hosts) if (page.bytes.includes(host)) tell(`names ${host}`);
      const original = page.source ? await readLinks(page.source) : undefined;
      places.add(page.path, found.targets, opened.anchors, original?.anchors);
      for (const { url, place } of original?.links ?? []) {
        const target = site.placeOf(url);
        if (target === undefined) continue;
        const { hash } = new URL(url);
        if (found.targets.has(target + hash)) kept[hash === "" ? "links" : "fragments"]++;
        else tell(`lost ${place} ${url}, which is ${target}${hash}`);
      }
    }
    await tab.close();
  };
  await Promise.all(Array.from({ length: tabCount }, work));
  await context.setOffline(false);
  for (const { from, to, isLost } of places.missing())
    if (isLost) faults.push(`${from}: leads to ${to}, a place that the copy lost`);
    else list("a place that is not in the page", `${from}: ${to}`);
  const opened = pages.filter(({ source }) => source !== undefined).length;
  return { pages: opened, added: pages.length - opened, kept, faults: faults.toSorted(), listed };
}

/** Which places in pages links lead to, and which of them there are, here and at the source. */
function placesInPages() {
  const asked: { from: string; path: string; hash: string }[] = [];
  const here = new Map<string, ReadonlySet<string>>();
  const atSource = new Map<string, ReadonlySet<string>>();
  const isIn = (names: ReadonlySet<string> | undefined, hash: string): boolean => {
    const fragment = hash.slice(1);
    return names?.has(fragment) === true || names?.has(decodeIfPossible(fragment)) === true;
  };
  return {
    add(from: string, targets: Iterable<string>, { names, own }: Anchors, original: Anchors | undefined) {
      here.set(from, new Set(names));
      if (original !== undefined) atSource.set(from, new Set(original.names));
      for (const target of targets) {
        const [path = "", fragment] = target.split(/#(.*)/s, 2);
        if (fragment) asked.push({ from, path, hash: `#${fragment}` });
      }
      for (const url of own) asked.push({ from, path: from, hash: new URL(url).hash });
    },
    *missing() {
      for (const { from, path, hash } of asked) {
        const names = here.get(path);
        // Of other files, fragments mean what their viewers make of them.
        if (names === undefined || /^#?$|^#top$/i.test(hash) || isIn(names, hash)) continue;
        const originals = atSource.get(path);
        yield { from, to: path + hash, isLost: originals === undefined || isIn(originals, hash) };
      }
    },
  };
}

function decodeIfPossible(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    // Browsers take such a fragment as it is.
    if (error instanceof URIError) return text;
    throw error;
  }
}

/** Opens a page and waits until it has loaded. */
async function openPage(tab: Page, page: MirrorPage, { base, isServed }: AcceptanceOptions): Promise<Opened> {
  const faults: string[] = [];
  const errors: string[] = [];
  const heard = {
    request(request: Request) {
      if (!isWithin(request.url(), base)) faults.push(`asks for ${request.url()}`);
    },
    requestfailed: (request: Request) => faults.push(`does not get ${request.url()}`),
    response(response: Response) {
      if (response.status() >= 400) faults.push(`gets ${response.status()} for ${response.url()}`);
    },
    console(message: ConsoleMessage) {
      // Told of already, but for the icon that browsers ask every server for.
      const isRequest = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isRequest) errors.push(`console: ${message.text()}`);
    },
    pageerror: (error: Error) => errors.push(`script: ${error.message}`),
  };
  tab.on("request", heard.request).on("requestfailed", heard.requestfailed).on("response", heard.response);
  tab.on("console", heard.console).on("pageerror", heard.pageerror);
  const address = base + page.path.slice(1).split("/").map(encodeURIComponent).join("/");
  if (page.leadsTo !== undefined) {
    const { href } = new URL(page.leadsTo.slice(1), base);
    await Promise.all([
      tab.waitForURL((url) => url.href === href),
      tab.goto(address, { waitUntil: "commit" }),
    ]);
    tab.removeAllListeners();
    // What the page at the end does is told of that page.
    return { ...nothingSeen, links: [{ place: "refresh", url: href }], faults, errors: [] };
  }
  await tab.goto(address, { waitUntil: "load" });
  const seen = isServed ? nothingSeen : await tab.evaluate<Seen>(seenInDom);
  tab.removeAllListeners();
  return { ...seen, faults, errors };
}

function isWithin(url: string, base: string): boolean {
  return url.startsWith(base) || /^(?:data|blob|about):/.test(url);
}

/** Judges the links of a page as they stand in the mirror. */
function judgeLinks(links: readonly Link[], site: MirrorTree, base: string) {
  const faults: string[] = [];
  const listed: [string, string][] = [];
  const targets = new Set<string>();
  for (const { place, url } of links) {
    const { protocol, host, hash, href } = new URL(url);
    if (href.startsWith(base)) {
      const path = `/${decodeURIComponent(href.slice(base.length).replace(/[?#].*$/s, ""))}`;
      targets.add(path + hash);
      if (!site.files.has(path)) faults.push(`${place} leads to ${path}, where no file is`);
    } else if (protocol === "file:" || (host !== "" && base.includes(`//${host}/`))) {
      faults.push(`${place} leads out of the tree: ${url}`);
    } else if (site.hosts.includes(host)) {
      faults.push(`${place} leads to the source: ${url}`);
    } else if (site.publicUrl.endsWith(`//${host}`)) {
      if (site.placeOf(url) === undefined) listed.push(["only on the live site", url]);
      else faults.push(`${place} leads to the live site though it is here: ${url}`);
    } else if (/^https?:$/.test(protocol)) listed.push(["another site", url]);
  }
  return { faults, listed, targets };
}

/** An original as a browser shows it: without its scripts and requisites, or with those that the tree has. */
type Reader = (original: Original) => Promise<Seen & { readonly errors: ReadonlySet<string> }>;

// Nothing is run, asked for or refreshed.
const policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-same-origin";

async function openReader({ context }: Browser, tree: MirrorTree, runsScripts: boolean): Promise<Reader> {
  const tab = await context.newPage();
  const session = await context.newCDPSession(tab);
  await session.send("Emulation.setScriptExecutionDisabled", { value: !runsScripts });
  let shown: { url: string; body: Buffer; headers: Record<string, string> } | undefined;
  await tab.route("**/*", async (route) => {
    const url = route.request().url();
    const path = tree.placeOf(url);
    if (url === shown?.url) await route.fulfill({ body: shown.body, headers: shown.headers });
    else if (path === undefined) await route.abort();
    else await route.fulfill({ path: tree.root + path });
  });
  const read = async ({ url, charset, read }: Original) => {
    const headers = {
      "Content-Type": `text/html${charset === "" ? "" : `; charset=${charset}`}`,
      ...(runsScripts ? {} : { "Content-Security-Policy": policy }),
    };
    shown = { url, body: await read(), headers };
    const errors = new Set<string>();
    tab.on("console", (message) => errors.add(`console: ${withoutUrls(message.text())}`));
    tab.on("pageerror", (error) => errors.add(`script: ${withoutUrls(error.message)}`));
    await tab.goto(url, { waitUntil: runsScripts ? "load" : "domcontentloaded" });
    const seen = await tab.evaluate<Seen>(seenInDom);
    tab.removeAllListeners();
    return { ...seen, errors };
  };
  let last: Promise<unknown> = Promise.resolve();
  // One tab, so one page at a time.
  return (original) => {
    const result = last.then(() => read(original));
    // Whoever asked hears of what went wrong.
    last = Promise.allSettled([result]);
    return result;
  };
}

const withoutUrls = (text: string): string => text.replaceAll(/\w+:\/\/\S+/g, "");
