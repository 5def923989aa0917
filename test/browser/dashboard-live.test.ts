/**
 * What changes while the dashboard is open, in a real browser against the real server: arrivals, settings, a server
 * that stops and comes back.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { buildDashboard } from "../../toolchain/fleet/dashboard-build.ts";
import { createServer } from "../../toolchain/fleet/server.ts";
import { openFleet, type TestFleet, temporaryFolder, withFleet } from "../fleet/support/fleet.ts";
import { ROOT, skip } from "../support/skip.ts";
import { DESKTOP, findChromium, NO_CHROMIUM, withPage } from "./chromium.ts";
import { elephant, fillFleet, person, provision, report, see } from "./fleet-data.ts";

const chromium = findChromium();
const dashboardDir = join(ROOT, "dist", "dashboard");
const BOX: [number, number, number, number] = [0.3, 0.4, 0.3, 0.3];

const enter = async (page: Page, fleet: TestFleet) => {
  await page.goto(`${fleet.url}/#token=${fleet.token}`);
  await page.locator(".live-live").waitFor();
};

const card = (page: Page, observationID: string) =>
  page.locator(`[data-detection="${observationID}"]`);

test("shows and announces a new detection and its picture without a reload", async () => {
  if (!chromium) return skip(NO_CHROMIUM);
  await buildDashboard({ outDir: dashboardDir });
  await withFleet(
    (fleet) =>
      withPage(chromium, DESKTOP, async ({ page, complaints }) => {
        const camera = await provision(fleet, "River ford", "valley");
        await see(fleet, camera, Date.now() - 60_000, person("dusk", BOX));
        await enter(page, fleet);
        await page.locator(".card").waitFor();
        await page.evaluate("window.isSamePage = true");

        const id = await see(fleet, camera, Date.now(), elephant("night", BOX));
        await card(page, id).locator("img").waitFor();
        await card(page, id).locator(".box").waitFor();
        await page.locator(".card-item:first-child:has-text('Elephant')").waitFor();
        await page.locator("#announcer:has-text('New detection: Elephant, 98')").waitFor();
        await page.locator(".counts:has-text('1 animal')").waitFor();
        assert.is(await page.evaluate("window.isSamePage"), true);
        assert.equal(complaints, []);
      }),
    { dashboardDir },
  );
});

test("holds arrivals back while somebody reads further down", async () => {
  if (!chromium) return skip(NO_CHROMIUM);
  await buildDashboard({ outDir: dashboardDir });
  const clock = createSimulatedClock(Date.now());
  await withFleet(
    async (fleet) => {
      const { ford } = await fillFleet(fleet, clock, clock.now());
      await withPage(chromium, DESKTOP, async ({ page, complaints }) => {
        await enter(page, fleet);
        await page.locator(".card").nth(7).scrollIntoViewIfNeeded();
        await page.mouse.wheel(0, 2000);
        const before = await page.locator(".card").count();
        const id = await see(fleet, ford, clock.now(), elephant("day", BOX));
        await page.locator("text=Show 1 new detection").click();
        await card(page, id).waitFor();
        assert.is(await page.locator(".card").count(), before + 1);
        assert.is(await page.locator(".held").count(), 0);
        assert.equal(complaints, []);
      });
    },
    { clock, dashboardDir },
  );
});

test("shows a camera's health and changes its settings until the camera has taken them", async () => {
  if (!chromium) return skip(NO_CHROMIUM);
  await buildDashboard({ outDir: dashboardDir });
  const clock = createSimulatedClock(Date.parse("2025-05-14T16:00:00Z"));
  await withFleet(
    async (fleet) => {
      const { ridge } = await fillFleet(fleet, clock, clock.now());
      await withPage(chromium, DESKTOP, async ({ page, complaints }) => {
        await enter(page, fleet);
        await page.locator(".camera-row:has-text('Ridge north')").click();
        await page.locator("h1:focus:has-text('Ridge north')").waitFor();
        const health = (await page.locator(".facts").allTextContents()).join(" ");
        for (const words of ["3 days 4 h", "3.42 V", "69 % of 16,383 variables free", "2 s slow"])
          assert.ok(health.includes(words), `${words} in ${health}`);
        assert.is(await page.locator(".part:has-text('Running')").count(), 4);
        assert.is(await page.locator(".card").count(), 2);

        await page.locator("summary").click();
        await page.locator("text=The camera works with these settings (the defaults)").waitFor();
        await page.fill("#config-burstCount", "11");
        await page.click("text=Save 1 change");
        await page
          .locator("text=“Pictures in a burst” must be a whole number from 1 to 10")
          .waitFor();
        await page.fill("#config-burstCount", "1");
        await page.click("text=Save 1 change");
        await page
          .locator("text=“Pictures that must agree” must not be above “Pictures in a burst”")
          .waitFor();
        assert.ok(complaints.splice(0).every((line) => line.includes("400")));
        await page.fill("#config-burstCount", "5");
        await page.uncheck("#config-alertHuman");
        await page.click("text=Save 2 changes");
        await page.locator("text=Version 1 waits for the next check-in, within 1 h").waitFor();
        assert.is(await page.inputValue("#config-burstCount"), "5");

        await report(fleet, ridge, clock.now());
        await report(fleet, ridge, clock.now());
        await page.locator("text=The camera works with these settings (version 1)").waitFor();
        assert.is(await page.isChecked("#config-alertHuman"), false);
        assert.equal(complaints, []);
      });
    },
    { clock, dashboardDir },
  );
});

test("says that the server is away, comes back by itself and shows what it missed", async () => {
  if (!chromium) return skip(NO_CHROMIUM);
  await buildDashboard({ outDir: dashboardDir });
  const dataDir = temporaryFolder();
  const fleet = await openFleet({ dataDir, dashboardDir });
  const camera = await provision(fleet, "River ford", "valley");
  await see(fleet, camera, Date.now() - 60_000, person("dusk", BOX));
  await withPage(chromium, DESKTOP, async ({ page }) => {
    await enter(page, fleet);
    await page.locator(".card").waitFor();
    await fleet.server.close();
    await page.locator(".live-reconnecting").waitFor();

    const again = await createServer({ dataDir, dashboardDir });
    try {
      await again.app.listen({ host: "127.0.0.1", port: Number(new URL(fleet.url).port) });
      const id = await see(fleet, camera, Date.now(), elephant("day", BOX));
      await page.locator(".live-live").waitFor();
      await card(page, id).locator("img").waitFor();
      assert.is(await page.locator(".banner").count(), 0);
    } finally {
      await again.close();
    }
  });
  rmSync(dataDir, { recursive: true, force: true });
});

test("asks to log in again when the session is over, and says so", async () => {
  if (!chromium) return skip(NO_CHROMIUM);
  await buildDashboard({ outDir: dashboardDir });
  await withFleet(
    (fleet) =>
      withPage(chromium, DESKTOP, async ({ page }) => {
        await provision(fleet, "River ford", "valley");
        await enter(page, fleet);
        await page.context().clearCookies();
        // Unless the page has asked something by itself and so noticed already: then the row is gone.
        const isGone = (error: Error) => assert.match(error.message, /detached|Timeout/);
        await page.locator(".camera-row").click({ timeout: 5000 }).catch(isGone);
        await page.locator("text=Your session has ended. Log in again.").waitFor();
      }),
    { dashboardDir },
  );
});

test.run();
