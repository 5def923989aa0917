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
import { DESKTOP, findChromium, NO_CHROMIUM, PHONE, withPage } from "./chromium.ts";

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
    await page.click(".rule-form summary");
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

/** For a look: THICKET_SCREENSHOTS names a folder. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.THICKET_SCREENSHOTS;
  if (folder) await page.screenshot({ path: join(folder, `alerts-${name}.png`), fullPage: true });
}

test.run();
