import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { course, tokens } from "../unit/adapters/status/memory-service.ts";
import { type Browser, startChromium } from "./chromium.ts";
import { finishRun, hostile, runHalfway, startExampleEngine, stopByGuard } from "./example-engine.ts";
import { faintTexts, namelessControls } from "./judge-page.ts";

const cause = { by: "paul", via: "api" } as const;
let browser: Browser;
let engine: Awaited<ReturnType<typeof startExampleEngine>>;
let page: Page;
let troubles: string[];

beforeAll(async () => {
  browser = await startChromium({ width: 1280, colorScheme: "light" });
});
afterAll(() => browser.close());

beforeEach(async () => {
  engine = await startExampleEngine();
  page = await browser.context.newPage();
  troubles = [];
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("console", (line) => {
    if (/Content Security Policy|Refused to/.test(line.text())) troubles.push(line.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(engine.server.url)) troubles.push(`asked for ${request.url()}`);
  });
});
afterEach(async () => {
  await page.close();
  await browser.context.clearCookies();
  await engine.server.close();
  expect(troubles).toEqual([]);
});

const button = (name: string) => page.getByRole("button", { name, exact: true });
const heading = (name: string) => page.getByRole("heading", { name, exact: true });

async function signIn(token: string, hash = ""): Promise<void> {
  await page.goto(`${engine.server.url}/${hash}`);
  await page.getByLabel("Your token").fill(token);
  await page.keyboard.press("Enter");
  await page.getByText("Sign out").waitFor();
}

describe("the dashboard", () => {
  it("takes a person from a token to a live course: publish, follow, see the plan, promote", async () => {
    await page.goto(engine.server.url);
    await page.getByLabel("Your token").fill(tokens.publisher);
    await button("Sign in").click();
    await button("Publish Classical Mechanics to staging").click();
    await heading("Publish to staging").waitFor();
    const [run] = await engine.service.runs({ countMax: 1 });
    expect(run).toMatchObject({ kind: "publish", module: engine.physics.id, cause: { by: "paul" } });

    runHalfway(engine.service, 1);
    const bar = page.getByRole("progressbar", { name: "Deliver" });
    await bar.waitFor();
    expect([await bar.getAttribute("value"), await bar.getAttribute("max")]).toEqual(["2", "4"]);
    const removed = page.getByRole("listitem").filter({ hasText: "old <b>exam.pdf" }).last();
    expect(await removed.textContent()).toMatch(/removed2\.0 kB$/);
    await page.getByText("2.0 kB → 21 kB").waitFor();

    finishRun(engine.service, 1);
    await button("Promote to production").click();
    await page.getByRole("dialog").getByText("Everybody will see release 13").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Promote to production" }).click();
    await heading("Promote to production").waitFor();
    finishRun(engine.service, 2);
    await heading("Done").waitFor();
    expect(await page.locator("#announcements").textContent()).toBe(
      "Promote to production is now succeeded.",
    );
  });

  it("shows a hostile title as text, wherever it stands", async () => {
    await signIn(tokens.viewer);
    await page.getByRole("link", { name: hostile }).click();
    await heading(hostile).waitFor();
    const run = await engine.service.request({ kind: "publish", module: engine.maths.id, cause });
    runHalfway(engine.service, run.id);
    await page.goto(`${engine.server.url}/#/runs/${run.id}`);
    await heading("Publish to staging").waitFor();
    await page.getByText(`1 to remove; ${hostile}`).waitFor();
    expect(await page.evaluate("[typeof owned, document.images.length, document.title]")).toEqual([
      "undefined",
      1,
      expect.stringMatching(/^Publish to staging/),
    ]);
  });

  it("shows what the crawl found, by page, as text, and gives all of a section as CSV", async () => {
    const run = await engine.service.request({ kind: "publish", module: engine.physics.id, cause });
    runHalfway(engine.service, run.id);
    await signIn(tokens.viewer, `#/runs/${run.id}`);
    const found = page.getByRole("region", { name: "What the crawl found" });
    await found.getByText("Links to what is not there").click();
    await found.getByText("Declared by the CMS").waitFor();
    await found.getByText("/courses/<b>x</b>", { exact: true }).waitFor();
    expect(await found.locator("#crawl-broken li").allTextContents()).toEqual([
      "/declared.pdfdeclaredstatus 500",
      "/gone.pdflinkthe source has nothing there",
      "/picture.pngrequisitethe source has nothing there",
    ]);
    await found.getByText("The first 3 are shown.").waitFor();
    await found.getByText("The slowest pages").click();
    const bars = "[...document.querySelectorAll('#crawl-slowest meter')].map((bar) => bar.value / bar.max)";
    expect(await page.evaluate(bars)).toEqual([1, 20 / 1_700]);
    const begun = page.waitForEvent("download");
    await found.getByRole("link", { name: "2,003 rows as CSV" }).click();
    const download = await begun;
    expect(download.suggestedFilename()).toBe("crawl-of-run-1-broken.csv");
    expect(readFileSync(await download.path(), "utf8").split("\r\n")).toEqual([
      "page,url,through,need,reason",
      ",/declared.pdf,,declared,status 500",
      "/courses/<b>x</b>,/gone.pdf,,link,the source has nothing there",
      "/courses/<b>x</b>,/picture.png,,requisite,the source has nothing there",
      "",
    ]);
  });

  it("shows why a guard stopped a run, and lets an operator approve it", async () => {
    const run = await engine.service.request({ kind: "publish", module: engine.maths.id, cause });
    stopByGuard(engine.service, run.id);
    await signIn(tokens.operator);
    await page.getByRole("link", { name: "1. Publish to staging" }).click();
    await page.getByText("300 of 415 files at origin-staging would be removed").first().waitFor();
    await button("Approve").click();
    await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
    await page.getByText("approved by olga").first().waitFor();
    expect(await engine.service.run(run.id)).toMatchObject({ state: "queued", approvedBy: "olga" });
  });

  it("offers what the person may do, and no more", async () => {
    await signIn(tokens.viewer, "#/modules/courses/physics/8-01");
    await page.getByText("You may look").waitFor();
    expect(await page.getByRole("button").allInnerTexts()).toEqual(["Sign out"]);
    expect(await page.getByRole("img", { name: /^CMS: published; Staging: release 12/ }).count()).toBe(1);
    await button("Sign out").click();
    await signIn(tokens.operator, "#/modules/courses/physics/8-01");
    await page.getByText("More", { exact: true }).click();
    await page.getByLabel("To release").selectOption("11");
    await button("Roll back").click();
    await page.getByRole("dialog").getByRole("button", { name: "Roll back" }).click();
    await heading("Roll back production").waitFor();
    const [run] = await engine.service.runs({ countMax: 1 });
    expect(run).toMatchObject({ kind: "rollback", place: "production", release: 11 });
  });

  it("goes on without event streams, by asking again", async () => {
    await page.route("**/api/events*", (route) => route.abort());
    const run = await engine.service.request({ kind: "publish", module: engine.physics.id, cause });
    await signIn(tokens.viewer, `#/runs/${run.id}`);
    await page.getByText("It waits for its turn.").waitFor();
    runHalfway(engine.service, run.id);
    await page.getByRole("progressbar", { name: "Deliver" }).waitFor();
  });

  it("says what is wrong: a token, a page that is not there, an engine that fails or went away", async () => {
    await page.goto(engine.server.url);
    await page.getByLabel("Your token").fill("no-such-token");
    await button("Sign in").click();
    await page.getByText("This token is not known").waitFor();
    expect(await page.evaluate("document.activeElement.id")).toBe("token");
    await page.getByLabel("Your token").fill(tokens.publisher);
    await button("Sign in").click();
    await heading("Modules").waitFor();
    await page.evaluate("location.hash = '#/runs/77'");
    await heading("Not here").waitFor();
    engine.service.failWith(new Error("the disk is gone"));
    await page.evaluate("location.hash = '#/'");
    await heading("This could not be loaded").waitFor();
    engine.service.failWith(undefined);
    await button("Try again").click();
    await heading("Modules").waitFor();
    await page.route("**/api/runs", (route) => route.abort());
    await button("Publish Classical Mechanics to staging").click();
    await page.getByText("The engine does not answer").waitFor();
  });

  it("stays usable with 2,500 modules, and finds one of them", async () => {
    for (let number = 0; number < 2_500; number++)
      engine.service.put(course(`/courses/generated/c-${number}`, `Generated course ${number}`));
    await signIn(tokens.viewer);
    await page.getByText("2,504 modules of 2504").waitFor();
    expect(await page.locator("li.module").count()).toBe(100);
    await page.getByLabel("Find").fill("course 2499");
    await page.getByText("1 module of 2504").waitFor();
    await page.getByRole("link", { name: "Generated course 2499" }).waitFor();
    await page.getByLabel("Find").fill("no such thing");
    await page.getByText("No module fits").waitFor();
  });

  it("can be used by keyboard alone", async () => {
    await signIn(tokens.publisher);
    await heading("Modules").waitFor();
    const seen: string[] = [];
    const publish = "Publish Classical Mechanics to staging";
    while (seen.at(-1) !== publish && seen.length < 40) {
      await page.keyboard.press("Tab");
      const name = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent";
      seen.push(String(await page.evaluate(name)));
    }
    expect(seen.at(-1)).toBe(publish);
    await page.keyboard.press("Enter");
    await heading("Publish to staging").waitFor();
    expect(await page.evaluate("document.activeElement.tagName")).toBe("H1");
  });
});

describe("what the dashboard gives away", () => {
  it("promise 12: no secret is in the page before or after signing in, nor in reach of scripts", async () => {
    const bare = await (await fetch(engine.server.url)).text();
    expect(bare).not.toContain("Classical Mechanics");
    await signIn(tokens.operator);
    await heading("Modules").waitFor();
    const reach = "[document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage)]";
    expect(await page.evaluate(reach)).toEqual(["", "{}", "{}"]);
    expect(await page.content()).not.toContain(tokens.operator);
    const [cookie] = await browser.context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict" });
    expect(cookie?.value).not.toContain(tokens.operator);
  });
});

describe.each([
  [390, "light"],
  [390, "dark"],
  [1280, "dark"],
] as const)("at %i pixels, %s", (width, colorScheme) => {
  it("fits, reads well and draws every page", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ocw-engine-looks-"));
    const looking = await startChromium({ width, colorScheme });
    const running = await engine.service.request({ kind: "publish", module: engine.physics.id, cause });
    const stopped = await engine.service.request({ kind: "publish", module: engine.maths.id, cause });
    runHalfway(engine.service, running.id);
    stopByGuard(engine.service, stopped.id);
    await page.close();
    try {
      page = await looking.context.newPage();
      await signIn(tokens.operator);
      for (const [hash, text] of [
        ["#/", "Under way"],
        ["#/modules/courses/physics/8-01", "Its runs"],
        ["#/runs/1", "lec01.pdf"],
        ["#/runs/2", "This run stopped"],
        ["#/runs", "2. Publish to staging"],
        ["#/checks", "Check now"],
      ] as const) {
        await page.goto(`${engine.server.url}/${hash}`);
        await page.getByText(text).first().waitFor();
        // What the crawl found stands in parts that are closed at first.
        await page.evaluate(
          "document.querySelectorAll('.tree details').forEach((part) => { part.open = true })",
        );
        const file = join(folder, "page.png");
        await page.screenshot({ path: file, fullPage: true });
        expect(statSync(file).size).toBeGreaterThan(5_000);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
        expect(await page.evaluate(faintTexts)).toEqual([]);
        expect(await page.evaluate(namelessControls)).toEqual([]);
      }
    } finally {
      await looking.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
