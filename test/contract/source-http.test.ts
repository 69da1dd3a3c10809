import { sitemapOf, startSmallSite } from "../unit/adapters/http-source/small-site.ts";
import { freshContext } from "../unit/engine/crawl/crawl-bench.ts";
import { testSource } from "./source.ts";

const fileUrl = "/courses/waves/wave%20tank.pdf";
const bytes = Buffer.alloc(200_000, "A wave in a tank. ");

testSource("http", async (test) => {
  const site = await startSmallSite((origin) => ({
    "/": "<p>Home</p>",
    "/sitemap.xml": sitemapOf([`${origin}/courses/waves/`, origin + fileUrl, `${origin}/about`]),
    "/courses/waves/": "<p>Waves</p>",
    [fileUrl]: bytes,
  }));
  const source = site.source({ sitemaps: ["/sitemap.xml"] });
  try {
    await test(
      {
        source,
        module: "/courses/waves",
        file: { url: fileUrl, bytes },
        missingUrl: "/courses/never/written",
        deniedUrl: "/courses/waves/login?next=/",
        spellings: [fileUrl, "/courses//./waves/%77ave%20tank.pdf#top"],
        async cutBodyOf(url) {
          site.answers.set(url, (_, response) => {
            response.writeHead(200, { "content-length": bytes.byteLength });
            response.write(bytes.subarray(0, 70_000), () => response.destroy());
          });
        },
        goAway: () => site.goAway(),
      },
      freshContext(),
    );
  } finally {
    await source.close();
    await site.close();
  }
});
