/**
 * The pages that change something, in a real browser against the real server: a roll-out begun and stopped, a file exported, a
 * person with a token, settings with map tiles; and what Home says of today.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSimulatedClock, type SimulatedClock } from "../../toolchain/fleet/clock.ts";
import { buildDashboard } from "../../toolchain/fleet/dashboard-build.ts";
import { addCameraAt, publish } from "../fleet/rollout/support.ts";
import { getJson, operate, type TestFleet, withFleet } from "../fleet/support/fleet.ts";
import { ROOT, skip } from "../support/skip.ts";
import { DESKTOP, findChromium, NO_CHROMIUM, PHONE, seriousFaults, withPage } from "./chromium.ts";
import { elephant, person, provision, see } from "./fleet-data.ts";

const chromium = findChromium();
const dashboardDir = join(ROOT, "dist", "dashboard");
const NOW_MS = Date.parse("2025-05-14T16:00:00Z");
/** Set to a folder to look at the pages. */
const SHOTS = process.env.THICKET_SHOTS;

async function withManaged(
  options: BrowserContextOptions,
  body: (visit: {
    page: Page;
    fleet: TestFleet;
    clock: SimulatedClock;
    complaints: string[];
  }) => Promise<void>,
): Promise<void> {
  if (!chromium) return skip(NO_CHROMIUM);
  const clock = createSimulatedClock(NOW_MS);
  await buildDashboard({ outDir: dashboardDir });
  await withFleet(
    (fleet) =>
      withPage(chromium, options, async ({ page, complaints }) => {
        await body({ page, fleet, clock, complaints });
        assert.equal(complaints, []);
      }),
    { clock, dashboardDir },
  );
}

const open = async (page: Page, fleet: TestFleet, name: string) => {
  await page.goto(`${fleet.url}/#token=${fleet.token}`);
  await page.locator(`nav a[href="#/${name}"]`).click();
  await page.locator(name ? "h1:focus" : "h1").waitFor();
};

const shoot = async (page: Page, name: string): Promise<void> => {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
};

/** A request that was meant to be refused is an error on the browser's console. */
const forgive = (complaints: string[], status: number): void =>
  assert.ok(complaints.splice(0).every((line) => line.includes(String(status))));

test("Home says what happened today in the zone of the server, and that nothing has yet", async () => {
  await withManaged(DESKTOP, async ({ page, fleet, clock }) => {
    const camera = await provision(fleet, "River ford", "Lower valley");
    await open(page, fleet, "");
    await page.locator(".today:has-text('Nothing seen yet today.')").waitFor();
    const settings = { name: "Mara", timeZone: "Africa/Nairobi", tiles: null };
    await operate(fleet, "PUT", "/api/v1/settings", settings);
    const seen = elephant("day", [0.3, 0.3, 0.4, 0.4]);
    await see(fleet, camera, Date.parse("2025-05-13T20:00:00Z"), seen);
    await see(fleet, camera, Date.parse("2025-05-13T21:30:00Z"), seen);
    await see(fleet, camera, NOW_MS - 60_000, person("dusk", [0.5, 0.4, 0.12, 0.42]));
    clock.set(NOW_MS);
    await page.reload();
    const today = page.locator(".today");
    await today.locator(".best img").waitFor();
    assert.match(await today.innerText(), /14 May 2025, Africa\/Nairobi, GMT\+3/);
    const rows = await today.locator(".today-seen li").allInnerTexts();
    assert.equal(
      rows.map((text) => text.trim()).sort(),
      ["Elephant 1", "Human 1"],
      "the elephant at 23:00 there was yesterday's",
    );
    assert.match(await today.innerText(), /1 of 1 camera heard/);
    assert.is(await page.locator(".best li").count(), 1, "people are no best picture");
    assert.is(await page.locator(".server-name").innerText(), "Mara");
    await page.locator(".best a").click();
    await page.locator("dialog img").waitFor();
  });
});

test("a roll-out is begun, refused with the server's words, paused, forced and cancelled", async () => {
  await withManaged(DESKTOP, async ({ page, fleet, complaints }) => {
    const cameras = [];
    for (const name of ["a", "b", "c"]) cameras.push(await addCameraAt(fleet, "ridge", name));
    for (const camera of cameras) await camera.report();
    await publish(fleet, 4);
    await open(page, fleet, "rollouts");
    await page.click("text=Begin a roll-out");
    await page.fill("label:has-text('Rings, percent') input", "5, 80");
    await page.click("button:text-is('Begin')");
    await page.locator(".problem:has-text('rings must rise and end at 100')").waitFor();
    forgive(complaints, 400);
    await page.fill("label:has-text('Rings, percent') input", "100");
    await page.fill("label:has-text('Of a site at once') input", "2");
    await page.keyboard.press("Enter");
    await page.locator("h1:has-text('Roll-out of app-4')").waitFor();
    for (const camera of cameras) camera.fails = "E_HEALTH";
    for (const camera of cameras) await camera.live();
    await page.reload();
    await page.locator(".member-failed").first().waitFor();
    const failed = page.locator("li:has(.member-failed)").first();
    assert.match(await failed.innerText(), /ridge, ring 1[\s\S]*failed[\s\S]*E_HEALTH/);
    assert.equal(await seriousFaults(page), []);
    await shoot(page, "rollout");
    const camera = cameras[0]?.cameraID ?? "";
    await failed.locator("button").click();
    await page.locator("[role=status]:has-text('is offered the release')").waitFor();

    await page.evaluate(`location.hash = "#/cameras/${camera}"`);
    await page.locator(".updates a:has-text('app-4')").click();
    const isOver = page.locator(".lead .badge");
    if (/Running/.test(await isOver.innerText())) await page.click("button:text-is('Pause')");
    await page.click("button:text-is('Resume')");
    await page
      .locator(".page-actions .primary, .lead .badge:has-text('Running')")
      .first()
      .waitFor();
    if (await page.locator("text=Resume this roll-out").count()) {
      await page.click("text=Resume this roll-out");
    }
    await page.locator(".lead .badge:has-text('Running')").waitFor();
    await page.click("button:text-is('Cancel')");
    await page.locator("text=This cannot be taken back").waitFor();
    await page.click("text=Cancel this roll-out");
    await page.locator(".lead .badge:has-text('Cancelled')").waitFor();
    const { rollouts } = await getJson(fleet, "/api/v1/rollouts");
    assert.equal([rollouts.length, rollouts[0].status], [1, "cancelled"]);
  });
});

test("an export says what is hidden, refuses a wrong range, and becomes a file", async () => {
  await withManaged(DESKTOP, async ({ page, fleet, clock, complaints }) => {
    clock.set(NOW_MS - 4 * 86_400_000);
    const camera = await provision(fleet, "River ford", "Lower valley");
    clock.set(NOW_MS);
    for (const day of ["12", "13", "14"]) {
      const box: [number, number, number, number] = [0.3, 0.3, 0.4, 0.4];
      await see(fleet, camera, Date.parse(`2025-05-${day}T10:00:00Z`), elephant("day", box));
    }
    await open(page, fleet, "exports");
    await page.click("label:has-text('observations as one CSV')");
    await page.click("label:has-text('Lower valley')");
    await page.locator(".masked:has-text('Pictures with people are marked')").waitFor();
    await page.fill("label:has-text('From the day') input", "2025-05-15");
    await page.fill("label:has-text('To the end') input", "2025-05-13");
    await page.click("button:text-is('Download')");
    await page.locator(".problem:has-text('from must be before to')").waitFor();
    forgive(complaints, 400);
    await page.fill("label:has-text('From the day') input", "2025-05-13");
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.click("button:text-is('Download')"),
    ]);
    assert.match(file.suggestedFilename(), /-csv\.zip$/);
    const bytes = readFileSync(await file.path());
    assert.is(bytes.readUInt32LE(0), 0x04034b50, "a zip file");
    const report = bytes.toString("latin1").match(/"observations":(\d+)/);
    assert.is(report?.[1], "1", "that of the 13th alone");
    assert.equal(await seriousFaults(page), []);
    await shoot(page, "export");
  });
});

test("a person gets a role and a token shown once, logs in, and sees no more than the role allows", async () => {
  await withManaged(DESKTOP, async ({ page, fleet, complaints }) => {
    await provision(fleet, "River ford", "Lower valley");
    await open(page, fleet, "users");
    await page.click("text=Add a person");
    await page.fill("label:has-text('Name') input", "ana");
    await page.fill("label:has-text('Password') input", "short");
    await page.click("button:text-is('Add')");
    await page.locator(".problem:has-text('password')").waitFor();
    forgive(complaints, 400);
    await page.fill("label:has-text('Password') input", "a long enough password");
    await page.selectOption("label:has-text('Role') select", "researcher");
    await page.click("button:text-is('Add')");
    await page.locator(".users h2:has-text('ana')").waitFor();
    await page.click("summary:has-text('token')");
    await page.fill("label:has-text('New token for') input", "notebook");
    await page.click("label:text-is('read')");
    await page.click("text=Make a token");
    const token = (await page.locator(".made code").innerText()).trim();
    const asAna = (path: string) =>
      fetch(fleet.url + path, { headers: { authorization: `Bearer ${token}` } });
    assert.is((await asAna("/api/v1/summary")).status, 200);
    assert.is((await asAna("/api/v1/users")).status, 403);
    assert.equal(await seriousFaults(page), []);
    await shoot(page, "users");
    await page.click("[aria-label='Revoke notebook']");
    await page.click("text=Revoke for ever");
    // The question goes when the server has answered; the button before it had gone at once.
    await page.locator("text=Revoke for ever").waitFor({ state: "detached" });
    assert.is((await asAna("/api/v1/summary")).status, 401);
    await operate(fleet, "POST", "/api/v1/users", { name: "bo", role: "viewer" });
    await page.reload();
    await page.click("button:text-is('Remove bo')");
    await page.click("text=Remove bo for ever");
    await page.locator(".users h2:has-text('bo')").waitFor({ state: "detached" });

    await page.click("text=Log out");
    await page.click("text=Use name and password");
    await page.fill("#user", "ana");
    await page.fill("#token", "a wrong password");
    await page.keyboard.press("Enter");
    await page.locator(".problem:has-text('No such user with this password.')").waitFor();
    forgive(complaints, 401);
    await page.fill("#token", "a long enough password");
    await page.keyboard.press("Enter");
    await page.locator("nav a[href='#/exports']").waitFor();
    assert.is(await page.locator("nav a[href='#/users']").count(), 0);
    await page.evaluate('location.hash = "#/settings"');
    await page.locator("text=Only an administrator may change").waitFor();
    assert.ok(await page.locator("label:has-text('Map tiles') input").isDisabled());
  });
});

test("map tiles come from the host that an administrator named, and from no other", async () => {
  const asked: string[] = [];
  const blue = { create: { width: 256, height: 256, channels: 3, background: "#88aacc" } } as const;
  const tile = await sharp(blue).png().toBuffer();
  const tileServer = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.setHeader("content-type", "image/png").end(tile);
  });
  await new Promise<void>((done) => tileServer.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${(tileServer.address() as AddressInfo).port}`;
  try {
    await withManaged(PHONE, async ({ page, fleet, complaints }) => {
      await provision(fleet, "River ford", "Lower valley");
      await open(page, fleet, "map");
      await page.locator(".leaflet-tooltip").waitFor();
      assert.is(await page.locator(".leaflet-tile").count(), 0);
      await page.click("nav a[href='#/settings']");
      await page.fill("label:has-text('Time zone') input", "Mars/Olympus");
      await page.fill("label:has-text('Map tiles') input", `${origin}/{z}/{x}/{y}.png`);
      await page.fill("label:has-text('Whose map') input", "Drawn by <nobody>");
      await page.click("button:text-is('Save')");
      await page.locator(".problem:has-text('Mars/Olympus')").waitFor();
      forgive(complaints, 400);
      await page.fill("label:has-text('Time zone') input", "Africa/Nairobi");
      await page.click("button:text-is('Save')");
      await page.locator("[role=status]:has-text('Saved. Reload the page')").waitFor();
      const { timeZone } = await getJson(fleet, "/api/v1/settings");
      assert.is(timeZone, "Africa/Nairobi");
      await page.fill(".site-zone input", "Africa/Lagos");
      await page.keyboard.press("Enter");
      await page.locator(".site-zone [role=status]:has-text('Saved')").waitFor();
      const { sites } = await getJson(fleet, "/api/v1/site-time-zones");
      assert.is(sites[0].timeZone, "Africa/Lagos");
      assert.equal(await seriousFaults(page), []);
      await shoot(page, "settings");
      // Which host the page may ask stands in the page's own headers: load it anew before the map is drawn.
      await page.reload();
      await page.click("nav a[href='#/map']");
      await page.locator(".leaflet-tile-loaded").first().waitFor({ state: "attached" });
      assert.ok(asked.length > 0 && asked.every((path) => /^\/\d+\/\d+\/\d+\.png$/.test(path)));
      assert.is(await page.locator(".map-source").innerText(), "Map: Drawn by <nobody>");
      await shoot(page, "map-tiles");
    });
  } finally {
    tileServer.close();
  }
});

test.run();
