import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import type { Source } from "../../../../engine/ports/source.ts";
import { seedsOf as declaredSeeds } from "../../../contract/source.ts";
import { freshContext } from "../../engine/crawl/crawl-bench.ts";
import { type Answer, type SmallSite, sitemapOf, startSmallSite } from "./small-site.ts";

let site: SmallSite | undefined;
const sources: Source[] = [];
afterEach(async () => {
  for (const source of sources.splice(0)) await source.close();
  await site?.close();
  site = undefined;
});

async function sourceOf(
  make: (origin: string) => Record<string, Answer>,
  options: Readonly<Record<string, unknown>> = {},
): Promise<{ source: Source; site: SmallSite }> {
  site = await startSmallSite(make);
  const source = site.source(options);
  sources.push(source);
  return { source, site };
}

const modulesOf = (source: Source) => Array.fromAsync(source.modules(freshContext()));
async function seedsOf(source: Source, id: string): Promise<string[]> {
  const module = (await modulesOf(source)).find((each) => each.id === id);
  if (module === undefined) throw new Error(`the source does not list ${id}`);
  const seeds = await declaredSeeds(source, module, freshContext());
  return seeds.map(({ url }) => url.slice(source.origin.length));
}
const status = (code: number, headers: Record<string, string> = {}, body = "x"): Answer => {
  return (_, response) => void response.writeHead(code, headers).end(body);
};

describe("the modules of a web site", () => {
  it("come from its sitemaps: plain, zipped and by an index, with the latest change", async () => {
    const { source } = await sourceOf(
      (origin) => ({
        "/index.xml": sitemapOf(
          [`${origin}/pages.xml`, "http://www.example.edu/more.xml.gz", `${origin}/index.xml`],
          "",
          "sitemapindex",
          "sitemap",
        ),
        "/pages.xml": sitemapOf(
          [`${origin}/courses/waves/`, `${origin}/courses/waves/notes?a=1`],
          "<lastmod>2026-02-03</lastmod>",
        ),
        "/more.xml.gz": gzipSync(
          sitemapOf([
            `${origin}/courses/tides`,
            "http://www.example.edu/about/",
            "http://other.example/courses/x/",
          ]),
        ),
      }),
      {
        sitemaps: ["/index.xml"],
        aliases: ["www.example.edu"],
        modules: [
          { prefix: "/courses/*", kind: "course" },
          { prefix: "/about", kind: "global", title: "About us" },
          { prefix: "/courses/rays", kind: "course", title: "Rays" },
        ],
      },
    );
    const state = "published";
    expect(await modulesOf(source)).toEqual([
      { id: "/about", kind: "global", title: "About us", state },
      { id: "/courses/rays", kind: "course", title: "Rays", state },
      { id: "/courses/waves", kind: "course", title: "waves", state, revision: expect.stringMatching(/^2 /) },
      { id: "/courses/tides", kind: "course", title: "tides", state },
    ]);
    expect(await seedsOf(source, "/courses/waves")).toEqual(["/courses/waves/", "/courses/waves/notes?a=1"]);
    expect(await seedsOf(source, "/courses/tides")).toEqual(["/courses/tides"]);
    expect(await seedsOf(source, "/about")).toEqual(["/about/"]);
    // What no sitemap speaks of is entered by its prefix.
    expect(await seedsOf(source, "/courses/rays")).toEqual(["/courses/rays"]);
  });

  it.each<[string, Answer, string]>([
    ["missing", status(404), "not-found"],
    ["locked", status(403), "unauthorized"],
    ["down", status(503), "unavailable"],
    ["elsewhere", status(301, { location: "/sitemap_index.xml" }), "corrupt"],
    ["no sitemap", "<html></html>", "corrupt"],
    ["in no charset", Buffer.from([0x3c, 0xff, 0xfe]), "corrupt"],
    ["badly zipped", Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0x01]), "corrupt"],
    ["a bomb", gzipSync(Buffer.alloc(60 * 2 ** 20)), "refused"],
  ])("fail as a whole when a sitemap is %s", async (_, sitemap, code) => {
    const { source } = await sourceOf(() => ({ "/sitemap.xml": sitemap, "/": "home" }), {
      sitemaps: ["/sitemap.xml"],
    });
    await expect(modulesOf(source)).rejects.toMatchObject({ code });
    expect((await source.probe(freshContext())).checks).toMatchObject([{ ok: false, code }]);
  });

  it("are not read from a sitemap of another host", async () => {
    const { source, site: asked } = await sourceOf(
      () => ({ "/s.xml": sitemapOf(["http://other.example/s.xml"], "", "sitemapindex", "sitemap") }),
      { sitemaps: ["/s.xml"] },
    );
    await expect(modulesOf(source)).rejects.toMatchObject({ code: "refused" });
    expect(asked.requests).toHaveLength(1);
  });
});

describe("the URLs of a web site", () => {
  it("are requested only where the options say so, also when a sitemap names them", async () => {
    const { source } = await sourceOf(
      (origin) => ({
        "/s.xml": sitemapOf(
          ["/courses/a/", "/courses/a/search/?q=1", "/courses/a/%6Cogin", "/courses/b/"].map(
            (path) => origin + path,
          ),
        ),
      }),
      { sitemaps: ["/s.xml"], include: ["^/courses/[^b]"] },
    );
    expect(await modulesOf(source)).toHaveLength(1);
    expect(await seedsOf(source, "/courses/a")).toEqual(["/courses/a/"]);
  });

  it("are denied where people log in, write or administer, and where they go on for ever", async () => {
    const { source } = await sourceOf(() => ({}), {});
    const isDenied = (path: string) => source.canonical(new URL(source.origin + path)) === undefined;
    const denied = ["/a/login", "/a/sign-out/", "/a/edit?x=1", "/wp-admin/post.php", "/a?replytocom=3"];
    expect([...denied, "/list?sort=name", "/events?month=3", "/a?sid=77"].map(isDenied)).not.toContain(false);
    const plain = ["/javax/security/auth/login/LoginContext.html", "/a/edited", "/a/delete/x.pdf", "/a?id=1"];
    expect(plain.map(isDenied)).not.toContain(true);
  });

  it("keep a slash at their end and their query", async () => {
    const { source } = await sourceOf(() => ({}), { aliases: ["www.example.edu"] });
    const canonical = source.canonical(new URL("https://www.example.edu//a/%7Eb/?x=%c3%a9&y#z"));
    expect(canonical?.href).toBe(`${source.origin}/a/~b/?x=%C3%A9&y`);
  });
});

describe("the answers of a web site", () => {
  it.each<[string, Answer, object]>([
    ["a page", "<p>", { kind: "content" }],
    ["an empty page", "", { kind: "error-page", reason: "the answer is empty" }],
    ["what is gone", status(410), { kind: "gone" }],
    ["a login", status(401), { kind: "login-form" }],
    ["what is forbidden", status(403), { kind: "error-page", retryable: false }],
    ["an error", status(500), { kind: "error-page", retryable: true }],
    ["a range that is not there", status(416), { kind: "error-page", retryable: false }],
    ["a redirect to nowhere", status(302), { kind: "error-page", retryable: false }],
  ])("promise 8: are judged by their status: %s", async (_, answer, verdict) => {
    const { source } = await sourceOf(() => ({ "/a": answer }));
    const fetched = await source.fetch({ url: `${source.origin}/a` }, freshContext());
    const body = Buffer.concat(await Array.fromAsync(fetched.body));
    expect(source.judge(fetched, body)).toMatchObject(verdict);
  });

  it("promise 8: are not taken for the whole where they are a part", async () => {
    const { source } = await sourceOf(() => ({ "/a": status(206, { "content-range": "bytes 0-0/9" }) }));
    const url = `${source.origin}/a`;
    await expect(source.fetch({ url }, freshContext())).rejects.toMatchObject({ code: "corrupt" });
    const part = await source.fetch({ url, range: { from: 0, validator: '"1"' } }, freshContext());
    expect(source.judge(part, Buffer.from("x"))).toEqual({ kind: "content" });
    expect(Buffer.concat(await Array.fromAsync(part.body)).toString()).toBe("x");
  });

  it("lead where their bytes say, in whatever charset", async () => {
    const location = Buffer.from("/caf\u00e9").toString("latin1");
    const { source } = await sourceOf(() => ({ "/a": status(301, { location }) }));
    const fetched = await source.fetch({ url: `${source.origin}/a` }, freshContext());
    expect(fetched.location).toBe(`${source.origin}/caf%C3%A9`);
  });

  it("are waited for as long as the site asks", async () => {
    const { source } = await sourceOf(() => ({ "/a": status(503, { "retry-after": "7" }) }));
    const fetched = source.fetch({ url: `${source.origin}/a` }, freshContext());
    await expect(fetched).rejects.toMatchObject({ code: "rate-limited", retryAfterMs: 7000 });
  });

  it("are asked for by a probe, even where the configuration names all modules", async () => {
    const { source, site: asked } = await sourceOf(() => ({ "/": status(401) }));
    const probe = async () => (await source.probe(freshContext())).checks;
    expect(await probe()).toMatchObject([{ ok: false, code: "unauthorized" }]);
    asked.answers.set("/", status(302, { location: "/en/" }));
    expect(await probe()).toMatchObject([{ ok: true }]);
  });

  it.each<[object, string, string]>([
    [{ name: "reader", password: "pa:ss" }, "authorization", "Basic cmVhZGVyOnBhOnNz"],
    [{ token: "Bearer abc" }, "authorization", "Bearer abc"],
    [{ header: "X-Key", token: "abc" }, "x-key", "abc"],
  ])("come to an account: %o", async (account, header, value) => {
    const { source, site: asked } = await sourceOf(() => ({ "/": "home" }), { account });
    expect((await source.probe(freshContext())).checks).toMatchObject([{ ok: true }]);
    expect(asked.requests.map(({ headers }) => headers[header])).toEqual([value]);
  });
});
