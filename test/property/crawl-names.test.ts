import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathOfUrl } from "../../engine/crawl/path-of-url.ts";
import { PublishError } from "../../engine/errors/publish-error.ts";
import type { Form } from "../../engine/model/sighting.ts";
import { parseSitePath, type SitePath, urlPathOf } from "../../engine/model/site-path.ts";

const origin = "http://cms.example";
const segment = fc
  .oneof(
    fc.constantFrom("index.htm", "a.pdf", "a.PDF", "A.pdf", "31.6-x", "field trip", "b~12345678", ".x", "x."),
    fc.constantFrom(
      "\u00e9",
      "e\u0301",
      "\u1e69",
      "s\u0323\u0307",
      "s\u0307\u0323",
      "\u00c5",
      "A\u030a",
      "\u212b",
    ),
    fc.constantFrom("50%", "%20", "a?b", "a#b", "a;b,c", "q3.pdf?x=1"),
    fc.constantFrom("x".repeat(100), `${"x".repeat(99)}X`, `${"long name ".repeat(10)}.pdf`),
    fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }),
    fc.string({
      minLength: 1,
      maxLength: 4,
      unit: fc.constantFrom("e", "\u0301", "\u0323", "\u0958", "\uac00"),
    }),
  )
  .filter((text) => text !== "." && text !== ".." && text.isWellFormed());
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((names) => `/${names.join("/")}`);
const query = fc.oneof(fc.constant(""), fc.string({ minLength: 1, maxLength: 6 }));
const form = fc.constantFrom<Form>("page", "file");

/** A canonical URL: one encoding, no slash at its end, no fragment. */
const url = fc
  .tuple(path, query)
  .filter(([name]) => !name.endsWith("/") && !name.includes("//"))
  .map(
    ([name, text]) =>
      new URL(`${origin}${urlPathOf(name)}${text === "" ? "" : `?${encodeURIComponent(text)}`}`),
  )
  .filter(({ pathname }) => pathname !== "/" && !pathname.endsWith("/"));

function pathOrRefusal(of: URL, as: Form): SitePath | undefined {
  try {
    return pathOfUrl(of, as);
  } catch (error) {
    if (error instanceof PublishError && error.code === "refused") return undefined;
    throw error;
  }
}

/** The two names of one page: a folder and the index in it. */
function areOnePage(one: URL, other: URL): boolean {
  const index = ({ pathname, search }: URL): string =>
    `${pathname.replace(/\/index\.htm$/, "")}/index.htm${search}`;
  return index(one) === index(other);
}

describe("the names of a crawl", () => {
  it("are safe paths, or refused", () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), form, (text, as) => {
        const name = pathOrRefusal(new URL(text), as);
        if (name !== undefined) expect(parseSitePath(name)).toBe(name);
      }),
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), form, (text, as) => {
        if (!URL.canParse(text, `${origin}/a/`)) return;
        const name = pathOrRefusal(new URL(text, `${origin}/a/`), as);
        if (name !== undefined) expect(parseSitePath(name)).toBe(name);
      }),
    );
  });

  it("are distinct for distinct URLs, but for the two names of a page", () => {
    fc.assert(
      fc.property(url, form, url, form, (one, formOne, other, formOther) => {
        fc.pre(one.href !== other.href && !areOnePage(one, other));
        const [first, second] = [pathOrRefusal(one, formOne), pathOrRefusal(other, formOther)];
        if (first !== undefined && second !== undefined) expect(first).not.toBe(second);
      }),
      { numRuns: 2_000 },
    );
  });

  it("are distinct for twins: other unicode forms, other cases, other queries", () => {
    const spellings = (text: string): string[] => [
      text,
      text.normalize("NFC"),
      text.normalize("NFD"),
      text.toLowerCase(),
      text.toUpperCase(),
    ];
    fc.assert(
      fc.property(path, query, form, (name, text, as) => {
        const queries = ["", encodeURIComponent(text), encodeURIComponent(name)];
        const urls = spellings(name)
          .filter((each) => !each.includes("//") && each.isWellFormed())
          .flatMap((each) => queries.map((search) => new URL(`${origin}${urlPathOf(each)}?${search}`)))
          .map(({ pathname, search }) => `${origin}${pathname}${search}`);
        const distinct = [...new Set(urls)].map((each) => pathOrRefusal(new URL(each), as));
        const names = distinct.filter((each) => each !== undefined);
        expect(new Set(names).size).toBe(names.length);
      }),
      { numRuns: 1_000 },
    );
  });

  it("are those of other files only where nothing but the cache key differs", () => {
    const keys = [/-cachekey\d+(?=\.\w+$)/];
    const keyed = fc
      .tuple(path, fc.constantFrom("", "-cachekey1", "-cachekey23"), query)
      .map(([name, key, text]) => {
        const search = text === "" ? "" : `?${encodeURIComponent(text)}`;
        return {
          plain: `${name}.css${search}`,
          url: new URL(`${origin}${urlPathOf(`${name}${key}.css`)}${search}`),
        };
      });
    const named = (url: URL): SitePath | undefined => {
      try {
        return pathOfUrl(url, "file", keys);
      } catch (error) {
        if (error instanceof PublishError && error.code === "refused") return undefined;
        throw error;
      }
    };
    fc.assert(
      fc.property(keyed, keyed, (one, other) => {
        const [first, second] = [named(one.url), named(other.url)];
        fc.pre(first !== undefined && second !== undefined);
        expect(first === second).toBe(one.plain === other.plain);
      }),
      { numRuns: 1_000 },
    );
  });

  it("are names of themselves: a path asked for as a file keeps its name", () => {
    fc.assert(
      fc.property(url, form, (of, as) => {
        const name = pathOrRefusal(of, as);
        fc.pre(name !== undefined);
        expect(pathOfUrl(new URL(origin + urlPathOf(name ?? "")), "file")).toBe(name);
        expect(pathOrRefusal(of, as)).toBe(name);
      }),
    );
  });
});
