/**
 * Chromium for the browser tests, with a record of what must not happen: messages on the console, and requests to
 * anything but this machine. Chromium is optional: without one the tests are skipped aloud.
 */
import { accessSync, constants, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** No background services: they would ask servers elsewhere. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const NO_CHROMIUM = "no Chromium (set CHROMIUM_PATH to one)";

/** Path of the browser, or undefined. CHROMIUM_PATH comes first. */
export function findChromium(): string | undefined {
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(delimiter)];
  const candidates = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [process.env.CHROMIUM_PATH ?? "", ...candidates].find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return file !== "";
  } catch {
    return false;
  }
}

export interface Visit {
  page: Page;
  /** Errors and warnings on the console, uncaught errors, requests that left this machine. */
  complaints: string[];
}

/** Open a page in a browser of its own; both are gone afterwards. */
export async function withPage(
  executablePath: string,
  options: BrowserContextOptions,
  body: (visit: Visit) => Promise<void>,
): Promise<void> {
  const browser: Browser = await chromium.launch({ executablePath, args: FLAGS });
  try {
    const context = await browser.newContext({ timezoneId: "Europe/Berlin", ...options });
    context.setDefaultTimeout(15_000);
    const complaints: string[] = [];
    context.on("request", (request) => {
      const { hostname, protocol } = new URL(request.url());
      if (protocol !== "data:" && hostname !== "127.0.0.1") complaints.push(request.url());
    });
    const page = await context.newPage();
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await body({ page, complaints });
  } finally {
    await browser.close();
  }
}

export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };

export const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

/** Names and places of what axe calls serious or critical. */
export async function seriousFaults(page: Page): Promise<string[]> {
  const file = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
  await page.evaluate(readFileSync(file, "utf8"));
  return page.evaluate(`axe.run().then(({ violations }) => violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => id + " " + target)))`);
}
