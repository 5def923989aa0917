/** The page of alerts in a real browser: what needs somebody first, one tap, the editor; by keyboard and on a phone. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { buildDashboard } from "../../toolchain/fleet/dashboard-build.ts";
import {
  type Alarmed,
  addChannel,
  addNoGoCamera,
  addRule,
  alertsOf,
  answer,
  NIGHT_MS,
  nightRule,
  seen,
} from "../fleet/alerts/support.ts";
import { withFleet } from "../fleet/support/fleet.ts";
import { ROOT, skip } from "../support/skip.ts";
import { DESKTOP, findChromium, NO_CHROMIUM, PHONE, seriousFaults, withPage } from "./chromium.ts";

const chromium = findChromium();
const dashboardDir = join(ROOT, "dist", "dashboard");

async function withAlertsPage(
  executable: string,
  options: typeof PHONE,
  body: (page: Page, fleet: Alarmed, complaints: string[]) => Promise<void>,
): Promise<void> {
  const clock = createSimulatedClock(NIGHT_MS);
  await buildDashboard({ outDir: dashboardDir });
  await withFleet(
    async (fleet) => {
      const alarmed = { ...fleet, clock };
      const url = "https://192.0.2.1/hook";
      const channels = [await addChannel(fleet, "webhook", { url }, { isEnabled: false })];
      await addRule(fleet, nightRule({ channels }));
      const when = { observationTypes: ["animal"] };
      await addRule(fleet, { name: "any animal", severity: "P3", when });
      const camera = await addNoGoCamera(fleet);
      await seen(alarmed, camera, "1-1");
      const elephant = { observationType: "animal", scientificName: "elephant" } as const;
      await seen(alarmed, camera, "1-2", elephant);
      await withPage(executable, options, async ({ page, complaints }) => {
        await page.goto(`${fleet.url}/#token=${fleet.token}`);
        await page.locator(".alerts-link[data-waiting]").waitFor();
        await body(page, alarmed, complaints);
        assert.equal(complaints, []);
      });
    },
    { clock, dashboardDir },
  );
}

const overflow = (page: Page): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth - window.innerWidth");

test("shows the worst first, is acknowledged by keyboard, and hears of new ones", async () => {
  if (!chromium) return skip(NO_CHROMIUM);
  await withAlertsPage(chromium, DESKTOP, async (page, fleet) => {
    await page.locator(".alerts-link").focus();
    await page.keyboard.press("Enter");
    const waiting = page.locator(".alert-waiting");
    await waiting.first().waitFor();
    assert.equal(await page.locator(".alert-waiting strong").allInnerTexts(), [
      ...["Human at waterhole", "Elephant at waterhole"],
    ]);
    await page.locator(".alert-waiting .primary").first().focus();
    await page.keyboard.press("Enter");
    await page.locator(".alert:not(.alert-waiting)").waitFor();
    assert.is(await waiting.count(), 1);
    const [taken] = await alertsOf(fleet, "?state=acknowledged");
    assert.equal([taken?.title, taken?.acknowledgedBy], ["Human at waterhole", "operator"]);

    const camera = await addNoGoCamera(fleet, "gate");
    await seen(fleet, camera, "2-1", { observationType: "vehicle" });
    await page.locator("strong:has-text('Vehicle at gate')").waitFor();
    assert.match(await page.locator(".alerts-link").innerText(), /Alerts \(2\)/);
    await page.locator(".alert:not(.alert-waiting) summary").click();
    await page.locator(".alert-history li >> text=acknowledged by operator").waitFor();
    await shoot(page, "desktop");
  });
});

test("a rule is changed in the form, and a wrong one says which field is wrong", async () => {
  if (!chromium) return skip(NO_CHROMIUM);
  await withAlertsPage(chromium, PHONE, async (page, fleet, complaints) => {
    await page.goto(`${fleet.url}/#/alerts`);
    await page.locator(".rules li").first().waitFor();
    assert.ok((await overflow(page)) <= 0, "nothing sticks out at 360 px");
    await shoot(page, "phone");
    await page.click('[aria-label="Edit people at night"]');
    await page.fill(".rule-form label:has-text('Sure to at least') input", "80");
    await page.selectOption(".rule-form label:has-text('When') select", "day");
    assert.ok((await overflow(page)) <= 0, "nor with the editor open");
    await shoot(page, "phone-editor");
    await page.click(".rule-form summary:has-text('JSON')");
    assert.match(await page.inputValue(".rule-form textarea"), /"probabilityMin": 0\.8/);
    await page.click(".rule-form >> text=Save");
    await page.locator(".rule-form").waitFor({ state: "detached" });
    const { rules } = await answer<{ rules: { name: string; when: Record<string, unknown> }[] }>(
      ...([fleet, "GET", "/api/v1/alert-rules"] as const),
    );
    const { when } = rules.find(({ name }) => name === "people at night") ?? {
      when: {} as Record<string, unknown>,
    };
    assert.equal([when.probabilityMin, when.sunAbove, when.sunBelow], [0.8, -6, undefined]);
    assert.ok(when.inside, "what the form does not know is kept");

    await page.click('[aria-label="Edit any animal"]');
    await page.fill(".rule-form label:has-text('Sure to at least') input", "180");
    await page.click(".rule-form >> text=Save");
    await page.locator(".rule-form .problem:has-text('when.probabilityMin')").waitFor();
    assert.ok(complaints.splice(0).every((line) => line.includes("400")));
  });
});

test("a channel, a zone on the map and a patrol that nobody is alarmed by are made in forms", async () => {
  if (!chromium) return skip(NO_CHROMIUM);
  await withAlertsPage(chromium, PHONE, async (page, fleet, complaints) => {
    await page.goto(`${fleet.url}/#/alerts`);
    await page.click("text=Add a channel");
    await page.fill(".rule-form label:has-text('Name') input", "gate house");
    await page.fill(".rule-form label:has-text('Address') input", "ftp://192.0.2.1");
    await page.click(".rule-form >> text=Save");
    await page.locator(".problem:has-text('config.url')").waitFor();
    assert.ok(complaints.splice(0).every((line) => line.includes("400")));
    await page.fill(".rule-form label:has-text('Address') input", "https://192.0.2.1/gate");
    await page.click(".rule-form >> text=Save");
    assert.match(await page.locator(".made code").innerText(), /^whsec_/);
    await page.locator("li:has-text('gate house') >> text=0 sent").waitFor();
    // Changed in the same form; the secret that is left empty stays.
    await page.click('[aria-label="Edit gate house"]');
    await page.fill(".rule-form label:has-text('Name') input", "north gate");
    const address = ".rule-form label:has-text('Address') input";
    assert.is(await page.inputValue(address), "", "an address may hold a secret");
    await page.click(".rule-form >> text=Save");
    await page.locator("li:has-text('north gate') >> text=0 sent").waitFor();
    await page.click('[aria-label="Edit north gate"]');
    await page.fill(address, "ftp://192.0.2.1");
    await page.click(".rule-form >> text=Save");
    await page.locator(".problem:has-text('config.url')").waitFor();
    assert.ok(complaints.splice(0).every((line) => line.includes("400")));
    await page.click(".rule-form >> text=Cancel");
    await page.locator('[aria-label="Edit north gate"]').waitFor();

    await page.click('[aria-label="Edit any animal"]');
    await page.click("summary:has-text('Only inside a zone')");
    const map = page.locator(".zone-map");
    await map.locator(".leaflet-tooltip").first().waitFor();
    await map.scrollIntoViewIfNeeded();
    for (const position of [
      { x: 60, y: 80 },
      { x: 220, y: 90 },
    ]) {
      await map.click({ position });
    }
    await page.locator("text=2 of at least 3 corners").waitFor();
    await page.locator("button:has-text('Corner in the middle')").focus();
    await page.keyboard.press("Enter");
    await page.locator("text=3 corners.").waitFor();
    assert.ok((await overflow(page)) <= 0, "nothing sticks out at 360 px");
    assert.equal(await seriousFaults(page), []);
    await shoot(page, "zone");
    await page.click(".rule-form >> text=Save");
    await page.locator(".rule-form").waitFor({ state: "detached" });
    type Rules = { rules: { name: string; when: { inside?: { coordinates: number[][][] } } }[] };
    const zoneOf = async (name: string) => {
      const { rules } = await answer<Rules>(fleet, "GET", "/api/v1/alert-rules");
      return rules.find((one) => one.name === name)?.when.inside?.coordinates[0] ?? [];
    };
    const ring = await zoneOf("any animal");
    assert.is(ring.length, 4, "three corners, closed");
    assert.ok(
      Math.abs((ring[2]?.[0] ?? 0) - 35.0456) < 0.01,
      "the middle is where the cameras are",
    );

    await page.click('[aria-label="Edit any animal"]');
    await page.click("summary:has-text('Only inside a zone')");
    await page.fill(".zone textarea", '{"type": "Point", "coordinates": [1, 2]}');
    await page.locator(".zone .problem:has-text('no Polygon')").waitFor();
    const geometry = { type: "Polygon", coordinates: [ring.map(([x = 0, y = 0]) => [x, y + 1])] };
    const pasted = JSON.stringify({ type: "Feature", properties: {}, geometry });
    await page.fill(".zone textarea", pasted);
    await page.click(".rule-form >> text=Save");
    await page.locator(".rule-form").waitFor({ state: "detached" });
    assert.is((await zoneOf("any animal"))[0]?.[1], geometry.coordinates[0]?.[0]?.[1]);

    await page.click("text=Allow somebody");
    await page.fill(".rule-form label:has-text('Who') input", "patrol 3");
    await page.fill(".rule-form label:has-text('From') input", "2026-03-20T23:00");
    await page.fill(".rule-form label:has-text('Sites') input", "Lowveld");
    await page.click(".rule-form >> text=Allow");
    await page.locator("li:has-text('patrol 3') >> text=at Lowveld").waitFor();
    type Settings = { allow: { from: string; sites: string[] }[] };
    const { allow } = await answer<Settings>(fleet, "GET", "/api/v1/alert-settings");
    assert.equal([allow[0]?.from, allow[0]?.sites], ["2026-03-20T22:00:00.000Z", ["Lowveld"]]);
    assert.ok((await overflow(page)) <= 0);
    await shoot(page, "forms");
  });
});

/** For a look: THICKET_SCREENSHOTS names a folder. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.THICKET_SCREENSHOTS;
  if (folder) await page.screenshot({ path: join(folder, `alerts-${name}.png`), fullPage: true });
}

test.run();
