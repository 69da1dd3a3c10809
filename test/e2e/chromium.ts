import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";

const switches = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How a person looks at a page. */
export interface Look {
  readonly width: number;
  readonly colorScheme: "light" | "dark";
}

/** A real Chromium with an empty profile of its own. */
export interface Browser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/** Starts the Chromium of this machine, headless. */
export async function startChromium({ width, colorScheme }: Look): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), "ocw-engine-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: "/usr/bin/chromium",
    args: ["--headless=new", ...switches],
    viewport: { width, height: 844 },
    colorScheme,
    reducedMotion: "reduce",
  });
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
