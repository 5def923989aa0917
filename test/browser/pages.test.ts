/**
 * The pages beside Home in a real browser against the real server: ten events reviewed by keyboard alone, no page with a serious fault
 * of accessibility, nothing wider than a phone.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { buildDashboard } from "../../toolchain/fleet/dashboard-build.ts";
import {
  checkIn,
  exchange,
  getJson,
  observation,
  operate,
  type TestFleet,
  withFleet,
} from "../fleet/support/fleet.ts";
import { ROOT, skip } from "../support/skip.ts";
import { DESKTOP, findChromium, NO_CHROMIUM, PHONE, seriousFaults, withPage } from "./chromium.ts";
import { elephant, provision, see } from "./fleet-data.ts";

const chromium = findChromium();
const dashboardDir = join(ROOT, "dist", "dashboard");
const NOW_MS = Date.parse("2025-05-14T16:00:00Z");
const PAGES = [
  ...["review", "individuals", "analytics", "map", "deployments"],
  ...["rollouts", "exports", "users", "settings"],
];
/** Set to a folder to look at the pages. */
const SHOTS = process.env.THICKET_SHOTS;

async function withUnsureFleet(body: (fleet: TestFleet) => Promise<void>) {
  const clock = createSimulatedClock(NOW_MS - 3 * 86_400_000);
  await buildDashboard({ outDir: dashboardDir });
  await withFleet(
    async (fleet) => {
      const ford = await provision(fleet, "River ford", "Lower valley");
      await provision(fleet, "Ridge north", "Ridge", { latitude: 46.53, longitude: 8.15 });
      clock.set(NOW_MS);
      const first = Math.floor(NOW_MS / 1000) - 10_000;
      const records = Array.from({ length: 12 }, (_, index) =>
        observation(`7-${index}`, {
          ...{ eventStart: first + index * 60, eventEnd: first + index * 60 + 2 },
          ...{ classificationProbability: 0.55, mediaIDs: [] },
        }),
      );
      await exchange(fleet, ford, checkIn(records, { sequence: 900 }));
      ford.sequence = 900;
      const seen = { ...elephant("day", [0.3, 0.3, 0.4, 0.4]), probability: 0.6 };
      const id = await see(fleet, ford, NOW_MS - 60_000, seen);
      const made = await operate(fleet, "POST", "/api/v1/individuals", { name: "Broken tusk" });
      const { individualID } = (await made.json()) as { individualID: string };
      const assign = { action: "assign", observationIDs: [id], individualID };
      await operate(fleet, "POST", "/api/v1/reviews", assign);
      await body(fleet);
    },
    { clock, dashboardDir },
  );
}

const open = async (page: Page, fleet: TestFleet, name: string) => {
  await page.goto(`${fleet.url}/#token=${fleet.token}`);
  await page.locator("nav").waitFor();
  await page.locator(`nav a[href="#/${name}"]`).click();
  await page.locator("h1:focus").waitFor();
};

test("ten events are reviewed by keyboard alone, and the last decision is taken back", async () => {
  if (!chromium) return skip(NO_CHROMIUM);
  await withUnsureFleet((fleet) =>
    withPage(chromium, DESKTOP, async ({ page, complaints }) => {
      await open(page, fleet, "review");
      await page.locator(".review img").waitFor();
      const decided = (words: string) =>
        page.locator(`.review-message:has-text("${words}")`).waitFor();
      const place = (n: number) =>
        page.locator(`.review-place:has-text("Event ${n} of 13")`).waitFor();
      await place(1);
      for (let n = 2; n <= 7; n++) {
        await page.keyboard.press("a");
        await place(n);
      }
      const type = async (key: string, text: string) => {
        await page.keyboard.press(key);
        await page.locator("#review-text:focus").waitFor();
        await page.keyboard.type(text);
        await page.keyboard.press("Enter");
      };
      await type("c", "Loxodonta africana");
      await place(8);
      await type("s", "human");
      await decided("Split");
      await type("f", "what is this?");
      await decided("Flagged");
      await page.keyboard.press("m");
      await decided("Merged");
      await place(11);
      await page.keyboard.press("u");
      await decided("Taken back: merged");
      await page.keyboard.press("j");
      await page.keyboard.press("k");
      await place(10);
      await page.keyboard.press("i");
      await page.locator("text=No comparison: not available").waitFor();
      await page.fill("#who-name", "Scar");
      await page.keyboard.press("Enter");
      await decided("This is Scar");

      const { observations } = await getJson(fleet, "/api/v1/observations?limit=50");
      const human = observations.filter(
        (row: { classificationMethod: string }) => row.classificationMethod === "human",
      );
      const named = (name: string) =>
        human.filter((row: { scientificName: string }) => row.scientificName === name).length;
      assert.equal([named("elephant"), named("Loxodonta africana"), named("")], [6, 1, 1]);
      assert.is(observations.length, 14, "13 and the split one; the merge was taken back");
      const { events } = await getJson(fleet, "/api/v1/reviews/queue?reason=flagged");
      assert.is(events[0].observations[0].flag, "what is this?");
      assert.equal(complaints, []);
    }),
  );
});

for (const [device, options, scheme] of [
  ["desktop", DESKTOP, "light"],
  ["phone", PHONE, "dark"],
] as const) {
  test(`no page has a serious fault of accessibility or is too wide (${device}, ${scheme})`, async () => {
    if (!chromium) return skip(NO_CHROMIUM);
    await withUnsureFleet((fleet) =>
      withPage(chromium, { ...options, colorScheme: scheme }, async ({ page, complaints }) => {
        await page.goto(`${fleet.url}/#token=${fleet.token}`);
        await page.locator(".troubles:has-text('13 events to review')").waitFor();
        for (const name of ["", ...PAGES]) {
          await page.evaluate(`location.hash = "#/${name}"`);
          await page.locator(`nav a[aria-current="page"][href="#/${name}"]`).waitFor();
          await page
            .locator(READY[name] ?? "h1")
            .first()
            .waitFor();
          assert.equal(await seriousFaults(page), [], name);
          const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
          assert.ok((wide as number) <= 0, `${name} is ${wide} px too wide`);
          if (SHOTS) {
            mkdirSync(SHOTS, { recursive: true });
            await page.screenshot({ path: join(SHOTS, `${name || "home"}-${device}.png`) });
          }
        }
        assert.equal(complaints, []);
      }),
    );
  });
}

/** What is there when a page is whole. */
const READY: Record<string, string> = {
  "": ".card",
  review: ".review img",
  individuals: ".tile img",
  analytics: ".answer",
  map: ".map .leaflet-tooltip",
  deployments: ".calendar",
  rollouts: ".empty",
  exports: ".masked",
  users: ".empty",
  settings: ".site-zone",
};

test.run();
