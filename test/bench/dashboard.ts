/**
 * The dashboard in Chromium on the loopback: from the address until Home shows cards and takes a click, with 100,000
 * observations of 100 cameras behind it, against the same page with a hundredth of them. The promise is 1 s. The login is kept,
 * the browser's cache is warm, the median of the visits counts; the counts that Home asks for afterwards are awaited between visits.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { buildDashboard } from "../../toolchain/fleet/dashboard-build.ts";
import { openDatabase } from "../../toolchain/fleet/db/open.ts";
import { createCamera } from "../../toolchain/fleet/store/cameras.ts";
import { DESKTOP, findChromium, withPage } from "../browser/chromium.ts";
import { checkIn, observation, openFleet, temporaryFolder } from "../fleet/support/fleet.ts";
import { checkInHere } from "../fleet/support/rows.ts";
import { ROOT } from "../support/skip.ts";
import type { Figure } from "./run.ts";

const CAMERAS = 100;
const PER_CHECK_IN = 20;
const VISITS = 5;
const DAYS = 30;
const DAY_S = 86_400;
const PROMISE_MS = 1000;

/** Spread over the month before now, so that today has its share. */
async function fill(dataDir: string, perCamera: number): Promise<void> {
  const nowS = Math.floor(Date.now() / 1000);
  const { db, close } = await openDatabase(dataDir, Date.now());
  const startedMs = Date.now() - (DAYS + 1) * DAY_S * 1000;
  const step = Math.floor((DAYS * DAY_S) / Math.max(1, perCamera));
  const species = ["elephant", "big_cat", "other_animal"];
  for (let index = 0; index < CAMERAS; index++) {
    const place = { name: `camera ${index}`, site: `site ${index % 20}` };
    const { cameraID } = await createCamera(db, place, startedMs);
    for (let first = 0, sequence = 1; first < perCamera; first += PER_CHECK_IN, sequence++) {
      const count = Math.min(PER_CHECK_IN, perCamera - first);
      const records = Array.from({ length: count }, (_, at) => {
        const eventStart = nowS - (perCamera - 1 - first - at) * step - index;
        const scientificName = species[(first + at + index) % species.length] ?? "";
        const times = { eventStart, eventEnd: eventStart + 2, mediaIDs: [] };
        return observation(`1-${first + at}`, { ...times, scientificName });
      });
      await checkInHere(db, cameraID, checkIn(records, { sequence, time: nowS }));
    }
  }
  await close();
}

/** Milliseconds of one visit. */
async function visit(page: Page): Promise<number> {
  const counted = page.waitForResponse(/reviews\/counts/);
  await page.reload({ waitUntil: "commit" });
  await page.locator(".card").first().waitFor();
  await page.click(".chip:has-text('Animals')");
  await page.locator(".chip input[value=animal]:checked").waitFor();
  // Since the navigation began, by the page's own clock.
  const tookMs = (await page.evaluate("performance.now()")) as number;
  await page.click(".chip:has-text('All')");
  await page.locator(".today-seen li").first().waitFor();
  await counted;
  return tookMs;
}

async function timed(executable: string, perCamera: number): Promise<number> {
  const dataDir = temporaryFolder();
  const dashboardDir = join(ROOT, "dist", "dashboard");
  const times: number[] = [];
  try {
    await fill(dataDir, perCamera);
    const fleet = await openFleet({ dataDir, dashboardDir });
    await withPage(executable, DESKTOP, async ({ page }) => {
      await page.goto(`${fleet.url}/#token=${fleet.token}`);
      await page.locator(".card").first().waitFor();
      for (let count = 0; count < VISITS; count++) times.push(await visit(page));
    });
    await fleet.server.close();
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
  return times.sort((a, b) => a - b)[Math.floor(VISITS / 2)] ?? 0;
}

export async function figures(): Promise<Figure[]> {
  const executable = findChromium();
  if (!executable) return [];
  await buildDashboard({ outDir: join(ROOT, "dist", "dashboard") });
  const small = await timed(executable, 10);
  const large = await timed(executable, 1000);
  return [
    {
      ...{ name: "dashboard.home.interactive", value: Math.round(large), unit: "ms" },
      ...{ vs: "1,000 observations", ratio: Math.round((100 * small) / large) / 100 },
    },
    {
      ...{ name: "dashboard.home.promise", value: PROMISE_MS, unit: "ms" },
      ...{ vs: "100,000 observations", ratio: Math.round((100 * PROMISE_MS) / large) / 100 },
    },
  ];
}
