/**
 * For a page to evaluate: every URL that its DOM exposes, absolute as the browser resolves it, without
 * fragment, with the place it was seen. It is written down apart from the tables of the code under test:
 * what the browser itself resolves is asked of it, the rest is what authors of old pages wrote.
 */
export const urlsInDom = oracle("link[href]", 'absolute.hash = "";');

/** The same with fragments, without the canonical URL: what leads from page to page. */
export const linksInDom = oracle("link[href]:not([rel~=canonical i])", "");

/** For a page to evaluate: the names that fragments can lead to, and the fragments of its links to itself. */
export const anchorsInDom = `(() => {
  const named = [...document.querySelectorAll("a[name]")].map((element) => element.getAttribute("name"));
  const here = location.href.replace(/#.*/s, "") + "#";
  return {
    names: [...document.querySelectorAll("[id]")].map(({ id }) => id).concat(named),
    own: [...document.links].map(({ href }) => href).filter((href) => href.startsWith(here)),
  };
})()`;

function oracle(links: string, settle: string): string {
  return String.raw`(() => {
  const seen = new Map();
  const tell = (place, url, base) => {
    if (url === null || url === undefined || /^\s*(#|$)/.test(url)) return;
    try {
      const absolute = new URL(url, base ?? document.baseURI);
      ${settle}
      seen.set(place + " " + absolute.href, { place, url: absolute.href });
    } catch {}
  };
  const css = (place, text) => {
    for (const [, quoted] of text.matchAll(/url\("((?:[^"\\]|\\[^])*)"\)/g))
      tell(place, quoted.replace(/\\([0-9a-f]{1,6}) |\\([^])/g, (_, hex, character) =>
        hex === undefined ? character : String.fromCodePoint(parseInt(hex, 16))));
  };
  const rules = (list) => {
    for (const rule of list) {
      if (rule instanceof CSSImportRule) tell("@import", rule.href);
      if (rule.style !== undefined) css("<style>", rule.style.cssText);
      if (rule.cssRules !== undefined) rules(rule.cssRules);
    }
  };
  const isHtml = (element) => element.namespaceURI === "http://www.w3.org/1999/xhtml";
  const reflected = {
    href: "a[href], area[href], ${links}",
    src: ":is(script, img, source, video, audio, track, embed, iframe, frame, input[type=image i])[src]",
    data: "object[data]",
    poster: "video[poster]",
    longDesc: "img[longdesc], iframe[longdesc], frame[longdesc]",
    cite: "blockquote[cite], q[cite], ins[cite], del[cite]",
    currentSrc: "img[srcset]",
  };
  const bare = [["body, table, tr, td, th, thead, tbody, tfoot", "background"], ["svg *, math *", "href"],
    ["svg *", "xlink:href"], ["image", "src"]];
  const folder = (element) => {
    const codebase = element.getAttribute("codebase");
    const isOfClass = element.matches("object[classid]:not([classid=''])");
    if (codebase === null || codebase.trim() === "" || isOfClass) return document.baseURI;
    return new URL(codebase.trim().replace(/\/?$/, "/"), document.baseURI).href;
  };
  const look = (root) => {
    for (const [name, selector] of Object.entries(reflected))
      for (const element of root.querySelectorAll(selector)) {
        // An empty value or a fragment alone would be resolved to the page itself.
        if (/^\s*(#|$)/.test(element.getAttribute(name) ?? "-") || !isHtml(element)) continue;
        if (name === "data") tell(name, element.getAttribute(name), folder(element));
        else tell(name, element[name]);
      }
    for (const [selector, name] of bare)
      for (const element of root.querySelectorAll(selector)) tell(name, element.getAttribute(name));
    for (const element of root.querySelectorAll("applet")) {
      const archives = (element.getAttribute("archive") ?? "").split(",");
      for (const name of archives) tell("archive", name.trim(), folder(element));
      const code = (element.getAttribute("code") ?? "").trim();
      const file = code.includes("/") ? code : code.replace(/\.class$/, "").replaceAll(".", "/") + ".class";
      if (code !== "" && archives.join("").trim() === "") tell("code", file, folder(element));
    }
    for (const element of root.querySelectorAll("param"))
      if (/^(movie|src|filename|url)$/i.test(element.name)) tell("param", element.value);
    for (const element of root.querySelectorAll("meta[http-equiv=refresh i]"))
      tell("refresh", /^\s*[\d.]+[\s;,]+(?:url\s*=\s*)?["']?([^"']+)/i.exec(element.content)?.[1]);
    for (const element of root.querySelectorAll("[style]")) css("style", element.style.cssText);
    for (const template of root.querySelectorAll("template")) look(template.content);
  };
  look(document);
  for (const sheet of document.styleSheets) if (sheet.href === null) rules(sheet.cssRules);
  return [...seen.values()];
})()`;
}
