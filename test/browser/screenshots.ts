/**
 * The pictures of the guides: `npx tsx test/browser/screenshots.ts FOLDER [desktop|phone] [light|dark] [PAGE]` fills a server with
 * drawn scenes and writes each page as a small PNG. No test; a person looks at them.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { buildDashboard } from "../../toolchain/fleet/dashboard-build.ts";
import { NO_GO } from "../fleet/alerts/support.ts";
import { addCameraAt, publish } from "../fleet/rollout/support.ts";
import { operate, type TestFleet, withFleet } from "../fleet/support/fleet.ts";
import { ROOT } from "../support/skip.ts";
import { DESKTOP, findChromium, NO_CHROMIUM, PHONE, withPage } from "./chromium.ts";
import { elephant, fillFleet, provision, report, see } from "./fleet-data.ts";

const NOW_MS = Date.parse("2025-05-14T16:00:00Z");
const COLOURS = 96;

/** Page -> what is there when it is whole. */
const PAGES: Record<string, string> = {
  "": ".best img",
  review: ".review img",
  individuals: ".tile img",
  analytics: ".answer",
  map: ".leaflet-tooltip",
  deployments: ".calendar",
  alerts: ".alert-waiting",
  rollouts: ".ring-bar",
  "rollouts/1": ".rings",
  exports: ".masked",
  users: ".users .tile",
  settings: ".site-zone",
};

async function fill(fleet: TestFleet, clock: ReturnType<typeof createSimulatedClock>) {
  const put = async (method: string, path: string, body: unknown) => {
    const response = await operate(fleet, method, `/api/v1/${path}`, body);
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return response.status === 204 ? {} : response.json();
  };
  await put("PUT", "settings", { name: "Lower valley", timeZone: "Africa/Nairobi", tiles: null });
  const config = { url: "https://ops.example.org/hook" };
  const hook = { name: "operations", kind: "webhook", config, isEnabled: false };
  const { channelID } = (await put("POST", "alert-channels", hook)) as { channelID: string };
  const when = { observationTypes: ["human", "vehicle"] };
  const rule = { name: "people", severity: "P2", when, isEnabled: true, channels: [channelID] };
  await put("POST", "alert-rules", rule);
  const inside = { ...when, inside: NO_GO, sunBelow: -6 };
  await put("POST", "alert-rules", { ...rule, name: "no-go zone", severity: "P1", when: inside });
  clock.set(NOW_MS - 40 * 86_400_000);
  const old = await provision(fleet, "Old bridge", "Ridge", { latitude: 46.55, longitude: 8.2 });
  await report(fleet, old, clock.now());
  await see(fleet, old, clock.now(), { ...elephant("day", [0.3, 0.3, 0.3, 0.4]), count: 3 });
  const cameras = [];
  for (const name of ["Ford 2", "Ford 3", "Ford 4", "Ford 5"]) {
    cameras.push(await addCameraAt(fleet, "Lower valley", name));
  }
  clock.set(NOW_MS);
  const { ridge } = await fillFleet(fleet, clock, NOW_MS);
  await report(fleet, old, NOW_MS);
  for (const camera of cameras) await camera.report();
  await publish(fleet, 4);
  const plan = { rings: [40, 100], maxUnavailable: 3 };
  await put("POST", "rollouts", { releaseID: "app-4", plan });
  for (const [index, camera] of cameras.entries()) {
    if (index === 1) camera.fails = "E_HEALTH";
    await camera.live();
  }
  const seen = { ...elephant("day", [0.4, 0.35, 0.35, 0.4]), probability: 0.6 };
  const observationID = await see(fleet, ridge, NOW_MS - 30_000, seen);
  const tusk = { name: "Broken tusk", scientificName: "Loxodonta africana" };
  const { individualID } = (await put("POST", "individuals", tusk)) as { individualID: string };
  await put("POST", "reviews", {
    ...{ action: "assign", observationIDs: [observationID], individualID },
  });
  for (const [name, role] of [
    ["ana", "researcher"],
    ["joseph", "operator"],
    ["mwangi", "manager"],
  ] as const) {
    await put("POST", "users", { name, role, password: "a long enough password" });
  }
  await put("POST", "users/ana/tokens", { name: "notebook", scopes: ["read"], days: 90 });
}

async function shoot(page: Page, file: string, isWhole: boolean): Promise<void> {
  const bytes = await page.screenshot({ fullPage: isWhole });
  await sharp(bytes).png({ palette: true, colours: COLOURS, effort: 10 }).toFile(file);
}

async function main([folder = ".", only = "", scheme = "", one]: string[]): Promise<void> {
  const executable = findChromium();
  if (!executable) throw new Error(NO_CHROMIUM);
  mkdirSync(folder, { recursive: true });
  const dashboardDir = join(ROOT, "dist", "dashboard");
  await buildDashboard({ outDir: dashboardDir });
  const clock = createSimulatedClock(NOW_MS);
  await withFleet(
    async (fleet) => {
      await fill(fleet, clock);
      for (const [device, options] of [
        ["desktop", DESKTOP],
        ["phone", PHONE],
      ] as const) {
        if (only && only !== device) continue;
        for (const colorScheme of ["light", "dark"] as const) {
          if (scheme && scheme !== colorScheme) continue;
          await withPage(executable, { ...options, colorScheme }, async ({ page }) => {
            await page.goto(`${fleet.url}/#token=${fleet.token}`);
            await page.locator("nav").waitFor();
            for (const [name, ready] of Object.entries(PAGES)) {
              if (one !== undefined && one !== name) continue;
              await page.evaluate(`location.hash = "#/${name}"`);
              await page.locator(ready).first().waitFor();
              await page.evaluate("new Promise((done) => setTimeout(done, 400))");
              const file = `${(name || "home").replace("/", "-")}-${device}-${colorScheme}.png`;
              await shoot(page, join(folder, file), device === "phone");
            }
          });
        }
      }
    },
    { clock, dashboardDir },
  );
}

await main(process.argv.slice(2));
