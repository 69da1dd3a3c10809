// The search of a copy. Everything it reads is a script file of the copy, since pages opened from a drive may
// fetch nothing else: each calls `ocwCopySearch` with what it holds.
(() => {
  const form = document.querySelector("form[role=search]");
  const results = document.getElementById("results");
  if (form === null || !("fromEntries" in Object)) return;
  form.hidden = false;
  if (results === null) return;

  const box = document.getElementById("q");
  const found = document.getElementById("found");
  const more = document.getElementById("more");
  const folder = new URL("search/", document.baseURI);
  const shownAtOnce = 20;
  const pagesPerModule = 5;
  const shardsPerWord = 12;
  const pauseMs = 200;

  const unspaced = "\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Thai}\\p{sc=Laoo}\\p{sc=Khmr}\\p{sc=Mymr}";
  const words = new RegExp(`([${unspaced}]+)|(?:(?![${unspaced}])[\\p{L}\\p{N}])+`, "gu");

  /** The terms of a text: the engine folds the texts of pages in the same way. */
  function termsOf(text) {
    const folded = text
      .normalize("NFKD")
      .replace(/\p{M}+/gu, "")
      .toLowerCase()
      .normalize("NFC");
    const terms = [];
    for (const [word, run] of folded.matchAll(words)) {
      const characters = run === undefined ? [] : [...run];
      if (characters.length < 2) terms.push(word);
      for (let at = 1; at < characters.length; at++) terms.push(`${characters[at - 1]}${characters[at]}`);
    }
    return terms;
  }

  let delivered;
  const loading = new Map();
  window.ocwCopySearch = (...parts) => {
    delivered = parts;
  };

  /** What a script file of the search holds; it is loaded once. */
  function load(name) {
    const known = loading.get(name);
    if (known !== undefined) return known;
    const loaded = new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL(name, folder).href;
      // A script's load event follows its run at once, so what was delivered last is its own.
      script.onload = script.onerror = () => {
        script.remove();
        if (delivered !== undefined) resolve(delivered);
        else {
          loading.delete(name);
          reject(new Error(`The file ${name} of the search cannot be read. Is this copy whole?`));
        }
        delivered = undefined;
      };
      document.head.append(script);
    });
    loading.set(name, loaded);
    return loaded;
  }

  /** Undoes what saves the beginnings that paths share. */
  function unfold(rows) {
    let before = "";
    return rows.map(([shared, rest, ...others]) => {
      before = before.slice(0, shared) + rest;
      return [before, ...others];
    });
  }

  /** A title as paths have it. */
  const slugOf = (title) => title.toLowerCase().replace(/[^a-z0-9]+/g, "-");

  let library;
  /** Every module of the copy: what tells it and where it begins. */
  async function loadLibrary() {
    if (library !== undefined) return library;
    const [titles] = await load("titles.js");
    const [descriptions] = await load("descriptions.js");
    const rows = titles.map(([shared, rest, key, title, number = ""]) => {
      return [shared, rest.replace("*", slugOf(title)), { key, title, number }];
    });
    library = unfold(rows).map(([path, module], at) => ({
      ...module,
      path: path.endsWith("/") ? `${path}index.htm` : path,
      description: descriptions[at],
      strong: termsOf(`${module.number} ${module.title}`),
      weak: termsOf(`${descriptions[at]} ${path}`),
    }));
    return library;
  }

  const mayBegin = (word) => word.length > 2 || word > "\x7f";
  const fits = (term, word) => term === word || (mayBegin(word) && term.startsWith(word));

  function* linesOf(text, word) {
    for (const line of text.split("\n")) {
      const space = line.indexOf(" ");
      if (space > 0 && fits(line.slice(0, space), word)) yield line.slice(space + 1);
    }
  }

  /** Numbers from the distances between them. */
  function numbersOf(postings) {
    let sum = 0;
    return postings.split(" ").map((step) => (sum += Number.parseInt(step, 36)));
  }

  /** The numbers of the modules in whose text a word stands, and whether all texts were searched. */
  async function modulesWith(word) {
    const numbers = new Set();
    const [shards] = await load("terms.js");
    const after = shards.findIndex(([first]) => first > word);
    const start = Math.max(0, (after < 0 ? shards.length : after) - 1);
    const fitting = shards.slice(start).filter(([first], at) => at === 0 || fits(first, word));
    for (const [, name] of fitting.slice(0, shardsPerWord)) {
      const [text] = await load(`terms/${name}.js`);
      for (const number of [...linesOf(text, word)].flatMap(numbersOf)) numbers.add(number);
    }
    return { numbers, isWhole: fitting.length <= shardsPerWord };
  }

  /** How well a module's own words fit a word that was asked for: its title before its description. */
  function scoreOf(module, word) {
    if (module.strong.includes(word)) return 20;
    if (module.strong.some((term) => fits(term, word))) return 12;
    return module.weak.some((term) => fits(term, word)) ? 4 : 0;
  }

  /** Modules that have every word, best first. `texts` has for each word what `modulesWith` gave. */
  function rank(modules, asked, texts) {
    const scored = modules.map((module, at) => {
      const scores = asked.map((word, of) => scoreOf(module, word) + (texts?.[of].numbers.has(at) ? 1 : 0));
      return { module, score: scores.includes(0) ? 0 : scores.reduce((sum, score) => sum + score) };
    });
    const ranked = scored.filter(({ score }) => score > 0);
    return ranked.sort((one, other) => other.score - one.score).map(({ module }) => module);
  }

  /** Pages of a module that have every word. */
  async function pagesWith(module, asked) {
    const [{ pages }, text] = await load(`pages/${module.key}.js`);
    const paths = unfold(pages);
    const [first, ...others] = asked.map((word) => new Set([...linesOf(text, word)].flatMap(numbersOf)));
    return [...first]
      .filter((page) => paths[page][0] !== module.path && others.every((having) => having.has(page)))
      .slice(0, pagesPerModule)
      .map((page) => ({ path: paths[page][0], title: paths[page][1] || paths[page][0].split("/").pop() }));
  }

  function link({ path, title }) {
    const anchor = document.createElement("a");
    anchor.href = `..${path.split("/").map(encodeURIComponent).join("/")}`;
    anchor.textContent = title;
    return anchor;
  }

  function element(name, className, ...children) {
    const made = document.createElement(name);
    if (className !== "") made.className = className;
    made.append(...children);
    return made;
  }

  /** One result; its pages come when they are read. */
  function resultOf(module, asked, isWhole) {
    const made = element("li", "", link(module));
    if (module.number !== "" && !module.title.startsWith(module.number))
      made.prepend(element("span", "number", module.number), " ");
    if (module.description !== "") made.append(element("p", "", module.description));
    if (!isWhole) return made;
    const list = element("ul", "pages");
    pagesWith(module, asked).then((pages) => {
      list.append(...pages.map((page) => element("li", "", link(page))));
      if (pages.length > 0) made.append(list);
    }, tell);
    return made;
  }

  function tell({ message }) {
    found.textContent = message;
  }

  let shown = "";

  function show(modules, asked, isWhole) {
    const page = (from) =>
      modules.slice(from, from + shownAtOnce).map((each) => resultOf(each, asked, isWhole));
    results.replaceChildren(...page(0));
    more.hidden = modules.length <= shownAtOnce;
    more.onclick = () => {
      const from = results.children.length;
      results.append(...page(from));
      more.hidden = results.children.length >= modules.length;
      results.children[from]?.querySelector("a").focus();
    };
    const count = modules.length === 1 ? "1 result" : `${modules.length} results`;
    found.textContent = isWhole ? `${count} for “${box.value.trim()}”` : `${count} so far…`;
  }

  /** Answers what stands in the box: by titles and descriptions at once, by all text as soon as it is read. */
  async function search() {
    const asked = [...new Set(termsOf(box.value))];
    const key = asked.join(" ");
    if (key === shown) return;
    shown = key;
    if (asked.length === 0) {
      results.replaceChildren();
      more.hidden = true;
      found.textContent = "";
      return;
    }
    const modules = await loadLibrary();
    if (key !== shown) return;
    show(rank(modules, asked), asked, false);
    const texts = [];
    for (const word of asked) texts.push(await modulesWith(word));
    if (key !== shown) return;
    show(rank(modules, asked, texts), asked, true);
    if (!texts.every(({ isWhole }) => isWhole)) found.append(". Type more letters to find more.");
  }

  const start = () => {
    search().catch((error) => {
      shown = "";
      tell(error);
    });
  };
  let timer;
  document.getElementById("without").hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    start();
  });
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(start, pauseMs);
  });
  window.addEventListener("pageshow", () => {
    box.value ||= new URLSearchParams(location.search).get("q") ?? "";
    if (box.value === "") box.focus();
    start();
  });
})();
