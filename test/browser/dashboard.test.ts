/**
 * The dashboard in a real browser against the real server: logging in, what is shown and where, by mouse, by keyboard
 * and on a phone.
 */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { buildDashboard } from "../../toolchain/fleet/dashboard-build.ts";
import { type TestFleet, withFleet } from "../fleet/support/fleet.ts";
import { ROOT, skip } from "../support/skip.ts";
import { DESKTOP, findChromium, NO_CHROMIUM, PHONE, withPage } from "./chromium.ts";
import { elephant, fillFleet, person, provision, see } from "./fleet-data.ts";

const chromium = findChromium();
const dashboardDir = join(ROOT, "dist", "dashboard");
const NOW_MS = Date.parse("2025-05-14T16:00:00Z");

async function withFilledFleet(
  body: (fleet: TestFleet, cameras: Awaited<ReturnType<typeof fillFleet>>) => Promise<void>,
): Promise<void> {
  const clock = createSimulatedClock(NOW_MS);
  await buildDashboard({ outDir: dashboardDir });
  await withFleet(async (fleet) => body(fleet, await fillFleet(fleet, clock, NOW_MS)), {
    clock,
    dashboardDir,
  });
}

const enter = (page: Page, fleet: TestFleet) => page.goto(`${fleet.url}/#token=${fleet.token}`);

const textOf = async (page: Page, selector: string): Promise<string> =>
  ((await page.locator(selector).first().textContent()) ?? "").replaceAll("\u00a0", " ");

const overflow = (page: Page): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth - window.innerWidth");

test("refuses a wrong token with a message and lets the right one in, also after a reload", async () => {
  if (!chromium) return skip(NO_CHROMIUM);
  await withFilledFleet((fleet) =>
    withPage(chromium, DESKTOP, async ({ page, complaints }) => {
      await page.goto(fleet.url);
      await page.fill("#token", "not the token");
      await page.keyboard.press("Enter");
      await page.locator("#token-problem:has-text('not the operator token')").waitFor();
      assert.ok(complaints.splice(0).every((line) => line.includes("401")));

      await page.fill("#token", fleet.token);
      await page.click("button[type=submit]");
      await page.locator(".card").first().waitFor();
      await page.reload();
      await page.locator(".card").first().waitFor();
      assert.equal(
        await page
          .context()
          .cookies()
          .then((all) => all.map((c) => c.httpOnly)),
        [true],
      );

      await page.click("text=Log out");
      await page.locator("#token").waitFor();
      await page.reload();
      await page.locator("#token").waitFor();
      assert.equal(complaints, []);
    }),
  );
});

test("takes the token out of the address bar", async () => {
  if (!chromium) return skip(NO_CHROMIUM);
  await withFilledFleet((fleet) =>
    withPage(chromium, DESKTOP, async ({ page, complaints }) => {
      await enter(page, fleet);
      await page.locator(".card").first().waitFor();
      assert.is(page.url(), `${fleet.url}/#/`);
      await page.goBack();
      assert.not.match(page.url(), /token/);
      assert.equal(complaints, []);
    }),
  );
});

test("shows cameras by urgency and the newest detections, with every picture loaded", async () => {
  if (!chromium) return skip(NO_CHROMIUM);
  await withFilledFleet((fleet) =>
    withPage(
      chromium,
      { viewport: { width: 1280, height: 2400 } },
      async ({ page, complaints }) => {
        await enter(page, fleet);
        await page.locator(".card img").first().waitFor();
        assert.is(
          await textOf(page, "h1"),
          "6 cameras: 3 on time, 1 silent, 1 late, 1 not seen yet",
        );
        const names = await page.locator(".camera-name").allInnerTexts();
        assert.equal(names.slice(0, 4), [
          "East gate Boundary",
          "Spare 2 Store room",
          "Salt pan Lower valley",
          "Ridge north Ridge",
        ]);
        assert.is(await textOf(page, ".cameras .badge"), " Silent");
        assert.match(await textOf(page, ".troubles"), /Ridge north Battery low: 3\.42 V\./);

        const cards = await page.locator(".card").allInnerTexts();
        assert.is(cards.length, 8, "the blank is left out");
        assert.match(cards[0] ?? "", /Human[\s\S]*93 %[\s\S]*Forest track[\s\S]*14 May, 17:56/);
        assert.match(await textOf(page, ".feed-head"), /Europe\/Berlin, GMT\+2/);
        assert.is(
          await page.locator(".card time").first().getAttribute("datetime"),
          "2025-05-14T15:56:00.000Z",
        );
        const widths = await page.locator(".card img").evaluateAll(async (images) => {
          const pictures = images as unknown as { decode(): Promise<void>; naturalWidth: number }[];
          await Promise.all(pictures.map((picture) => picture.decode()));
          return pictures.map(({ naturalWidth }) => naturalWidth);
        });
        assert.equal(widths, Array(7).fill(640));
        assert.is(await page.locator("text=Picture still on the camera").count(), 1);
        assert.equal(complaints, []);
      },
    ),
  );
});

interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where the box should be: fractions of the picture as it is fitted into its frame. */
function expectedBox(frame: Rectangle, ratio: number, box: [number, number, number, number]) {
  const isWide = ratio > frame.width / frame.height;
  const width = isWide ? frame.width : frame.height * ratio;
  const height = isWide ? frame.width / ratio : frame.height;
  const left = frame.x + (frame.width - width) / 2;
  const top = frame.y + (frame.height - height) / 2;
  return {
    x: left + box[0] * width,
    y: top + box[1] * height,
    width: box[2] * width,
    height: box[3] * height,
  };
}

test("draws the box on the animal in pictures of every shape, small and large", async () => {
  if (!chromium) return skip(NO_CHROMIUM);
  const shapes = [
    [640, 480],
    [640, 360],
    [360, 640],
  ] as const;
  const box: [number, number, number, number] = [0.2, 0.3, 0.42, 0.46];
  await buildDashboard({ outDir: dashboardDir });
  await withFleet(
    (fleet) =>
      withPage(chromium, DESKTOP, async ({ page, complaints }) => {
        const camera = await provision(fleet, "ridge", "north");
        for (const [index, [width, height]] of shapes.entries())
          await see(fleet, camera, NOW_MS - index * 1000, {
            ...elephant("day", box),
            width,
            height,
          });
        await enter(page, fleet);
        const near = (found: Rectangle, wanted: Rectangle, what: string) => {
          for (const side of ["x", "y", "width", "height"] as const)
            assert.ok(Math.abs(found[side] - wanted[side]) < 4, `${what}: ${side}`);
        };
        const check = async (root: string, width: number, height: number) => {
          await page.locator(`${root} .box-over`).waitFor();
          // Both at one moment: what loads above moves them.
          const [frame, found] = (await page.evaluate(
            `["picture", "box-over"].map((name) => document.querySelector("${root} ." + name).getBoundingClientRect().toJSON())`,
          )) as [Rectangle, Rectangle];
          near(found, expectedBox(frame, width / height, box), `${root} ${width}x${height}`);
        };
        for (const [index, [width, height]] of shapes.entries())
          await check(`.card-item:nth-child(${index + 1})`, width, height);
        await page.locator(".card").first().click();
        for (const [width, height] of shapes) {
          await page.locator(`dialog img[width="${width}"]`).waitFor();
          await check("dialog", width, height);
          await page.keyboard.press("ArrowRight");
        }
        assert.equal(complaints, []);
      }),
    { dashboardDir },
  );
});

test("filters by type and camera and says what to do when nothing is left", async () => {
  if (!chromium) return skip(NO_CHROMIUM);
  await withFilledFleet((fleet, { ford }) =>
    withPage(chromium, DESKTOP, async ({ page, complaints }) => {
      await enter(page, fleet);
      await page.locator(".card").first().waitFor();
      await page.locator(".chip:has-text('Vehicles')").click();
      await page.locator(".card:has-text('Vehicle')").waitFor();
      assert.is(await page.locator(".card").count(), 1);
      await page.selectOption("select[name=camera]", ford.cameraID);
      await page.locator("text=No detection of this kind yet.").waitFor();
      await page.click("text=Show everything");
      await page.locator(".card").nth(1).waitFor();
      assert.is(await page.locator(".card:has-text('River ford')").count(), 2);
      await page.locator(".chip:has-text('Blanks')").click();
      await page.locator(".card:has-text('Blank')").waitFor();
      await page.reload();
      await page.locator(".card:has-text('Blank')").waitFor();
      assert.equal(complaints, []);
    }),
  );
});

test("can be used with the keyboard alone", async () => {
  if (!chromium) return skip(NO_CHROMIUM);
  await withFilledFleet((fleet) =>
    withPage(chromium, DESKTOP, async ({ page, complaints }) => {
      const focused = (): Promise<string> =>
        page.evaluate("document.activeElement.innerText || document.activeElement.value || ''");
      const tabTo = async (text: string) => {
        for (let step = 0; step < 40; step++) {
          await page.keyboard.press("Tab");
          if ((await focused()).includes(text)) return;
        }
        assert.unreachable(`Tab never reaches ${text}`);
      };
      await page.goto(fleet.url);
      await page.locator("#token:focus").waitFor();
      await page.keyboard.type(fleet.token);
      await page.keyboard.press("Enter");
      await page.locator(".card").first().waitFor();

      await tabTo("Skip to content");
      await page.keyboard.press("Enter");
      await tabTo("Elephant");
      await page.keyboard.press("Enter");
      await page.locator("dialog .large-title:has-text('Elephant')").waitFor();
      await page.keyboard.press("b");
      assert.is(await page.locator("dialog .box").count(), 0);
      await page.keyboard.press("b");
      await page.locator("dialog .box").waitFor();
      await page.keyboard.press("ArrowLeft");
      await page.locator("dialog .large-title:has-text('Human')").waitFor();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowRight");
      await page.locator("dialog .large-title:has-text('Big cat')").waitFor();
      await page.keyboard.press("Escape");
      await page.locator("dialog").waitFor({ state: "detached" });
      await page.locator(".card:focus:has-text('Big cat')").waitFor();

      await page.keyboard.press("Shift+Tab");
      await page.keyboard.press("Shift+Tab");
      await page.keyboard.press("Shift+Tab");
      await page.keyboard.press("Shift+Tab");
      await page.keyboard.press("ArrowRight");
      await page.locator(".chip input[value=animal]:checked").waitFor();
      await page.locator(".card:has-text('Human')").waitFor({ state: "detached" });
      assert.equal(complaints, []);
    }),
  );
});

test("opens a detection by its link and a picture of its burst without the box", async () => {
  if (!chromium) return skip(NO_CHROMIUM);
  await withFilledFleet((fleet, { track }) =>
    withPage(chromium, DESKTOP, async ({ page, complaints }) => {
      await enter(page, fleet);
      await page.locator(".card").first().click();
      await page.locator("dialog .box").waitFor();
      const link = page.url();
      await page.goto("about:blank");
      await page.goto(link);
      await page.locator("dialog .box").waitFor();
      assert.match(await textOf(page, "dialog dl"), /thicket_96_int8/);
      await page.click("text=Picture 2");
      await page.locator("dialog img").waitFor();
      assert.is(await page.locator("dialog .box").count(), 0);
      await page.click("dialog [aria-label=Close]");
      await page.locator("dialog").waitFor({ state: "detached" });
      assert.not.match(page.url(), /detection/);
      await page.goto(`${fleet.url}/#/?detection=${track.cameraID}:none`);
      await page.locator("text=not among the ones loaded").waitFor();
      assert.equal(complaints, []);
    }),
  );
});

test("fits a phone of 360 pixels in dark and light on every page", async () => {
  if (!chromium) return skip(NO_CHROMIUM);
  await withFilledFleet((fleet, { ridge }) =>
    withPage(chromium, PHONE, async ({ page, complaints }) => {
      await page.goto(fleet.url);
      await page.locator("#token").waitFor();
      assert.is(await overflow(page), 0, "login");
      await enter(page, fleet);
      await page.reload();
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.locator(".card img").first().waitFor();
        assert.is(await overflow(page), 0, `home, ${colorScheme}`);
        await page.locator(".card").first().tap();
        await page.locator("dialog .box").waitFor();
        assert.is(await overflow(page), 0, `detection, ${colorScheme}`);
        await page.goBack();
        await page.locator("dialog").waitFor({ state: "detached" });
        await page.goto(`${fleet.url}/#/cameras/${ridge.cameraID}`);
        await page.locator("summary").tap();
        await page.locator("#config-burstCount").waitFor();
        assert.is(await overflow(page), 0, `camera, ${colorScheme}`);
        await page.locator("text=All cameras").tap();
      }
      assert.equal(complaints, []);
    }),
  );
});

test("tells an operator without cameras how to add one", async () => {
  if (!chromium) return skip(NO_CHROMIUM);
  await buildDashboard({ outDir: dashboardDir });
  await withFleet(
    (fleet) =>
      withPage(chromium, PHONE, async ({ page, complaints }) => {
        await enter(page, fleet);
        await page.locator("text=Add the first camera").waitFor();
        assert.match(
          await textOf(page, "main"),
          /npx toolchain provision --port .*--server http:/s,
        );
        assert.is(await overflow(page), 0);
        const camera = await provision(fleet, "cam-1", "ridge");
        await page.locator(".camera-row:has-text('cam-1')").waitFor();
        await page.locator("text=Nothing seen yet.").waitFor();
        await see(fleet, camera, Date.now(), person("day", [0.4, 0.4, 0.1, 0.4]));
        await page.locator(".card:has-text('Human')").waitFor();
        assert.equal(complaints, []);
      }),
    { dashboardDir },
  );
});

test.run();
