/** What happened today by each site's own clock, the server's settings, and what they let into the page. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { localDay } from "../../toolchain/fleet/local-day.ts";
import {
  checkIn,
  exchange,
  getJson,
  observation,
  operate,
  type TestCamera,
  type TestFleet,
  temporaryFolder,
  withFleet,
} from "./support/fleet.ts";

const iso = (ms: number): string => new Date(ms).toISOString();

for (const [zone, now, start, end] of [
  ["UTC", "2025-05-14T16:00:00Z", "2025-05-14T00:00:00.000Z", "2025-05-15T00:00:00.000Z"],
  [
    "Africa/Nairobi",
    "2025-05-14T22:00:00Z",
    "2025-05-14T21:00:00.000Z",
    "2025-05-15T21:00:00.000Z",
  ],
  [
    "America/Denver",
    "2025-05-14T05:59:59Z",
    "2025-05-13T06:00:00.000Z",
    "2025-05-14T06:00:00.000Z",
  ],
  // Summer time begins: 23 hours. It ends: 25.
  ["Europe/Berlin", "2025-03-30T12:00:00Z", "2025-03-29T23:00:00.000Z", "2025-03-30T22:00:00.000Z"],
  ["Europe/Berlin", "2025-10-26T12:00:00Z", "2025-10-25T22:00:00.000Z", "2025-10-26T23:00:00.000Z"],
  // It begins at midnight: the day has no 00:00.
  ["Africa/Cairo", "2025-04-25T12:00:00Z", "2025-04-24T22:00:00.000Z", "2025-04-25T21:00:00.000Z"],
  [
    "Pacific/Kiritimati",
    "2025-05-14T09:59:00Z",
    "2025-05-13T10:00:00.000Z",
    "2025-05-14T10:00:00.000Z",
  ],
] as const) {
  test(`the day at ${now} in ${zone} begins and ends by the clocks there`, () => {
    const { startMs, endMs } = localDay(Date.parse(now), zone);
    assert.equal([iso(startMs), iso(endMs)], [start, end]);
  });
}

const NOW_MS = Date.parse("2025-05-14T22:30:00Z");

async function camera(fleet: TestFleet, name: string, site: string): Promise<TestCamera> {
  const made = await operate(fleet, "POST", "/api/v1/cameras", { name, site });
  return (await made.json()) as TestCamera;
}

test("today is each site's own day", async () => {
  const clock = createSimulatedClock(Date.parse("2025-05-14T20:30:00Z"));
  await withFleet(
    async (fleet) => {
      assert.equal((await getJson(fleet, "/api/v1/today")).seen, []);
      const [east, west] = [await camera(fleet, "a", "Mara"), await camera(fleet, "b", "Mesa")];
      // 20:30 UTC is yesterday in Nairobi by 22:30 UTC (01:30), and today in Denver and in London.
      const at = Math.floor(clock.now() / 1000);
      for (const one of [east, west]) {
        await exchange(fleet, one, checkIn([observation("1-1", { eventStart: at, eventEnd: at })]));
      }
      clock.set(NOW_MS);
      await exchange(
        fleet,
        west,
        checkIn([observation("1-2", { eventStart: at + 60, eventEnd: at + 61 })], { sequence: 2 }),
      );
      const read = (query = "") => getJson(fleet, `/api/v1/today${query}`);
      const before = await read("?timeZone=Europe/London");
      assert.equal(
        [before.seen, before.cameras],
        [[{ observationType: "animal", scientificName: "elephant", observations: 3 }], 2],
      );
      assert.is(
        (await read("?timeZone=Africa/Nairobi")).cameras,
        1,
        "the other reported yesterday",
      );
      assert.match(JSON.stringify(await read("?timeZone=Mars")), /BAD_REQUEST.*Mars/);

      const put = (path: string, body: unknown) => operate(fleet, "PUT", path, body);
      await put("/api/v1/settings", { name: "", timeZone: "America/Denver", tiles: null });
      const { sites } = await getJson(fleet, "/api/v1/site-time-zones");
      const mara = sites.find((one: { name: string }) => one.name === "Mara");
      await put("/api/v1/site-time-zones", { siteID: mara.siteID, timeZone: "Africa/Nairobi" });
      const after = await read("?timeZone=Europe/London");
      assert.equal(after.zones, [
        { timeZone: "America/Denver", date: "2025-05-14", sites: null },
        { timeZone: "Africa/Nairobi", date: "2025-05-15", sites: 1 },
      ]);
      assert.equal([after.seen[0].observations, after.cameras], [2, 1]);
      const gone = await put("/api/v1/site-time-zones", { siteID: "nowhere", timeZone: null });
      assert.is(gone.status, 404);
      assert.equal(fleet.problems, []);
    },
    { clock },
  );
});

test("settings are checked, and only the named host's tiles are let into the page", async () => {
  const dataDir = temporaryFolder();
  const dashboardDir = join(dataDir, "pages");
  mkdirSync(dashboardDir);
  writeFileSync(join(dashboardDir, "index.html"), "<!doctype html>");
  await withFleet(
    async (fleet) => {
      const policy = async () =>
        (await fetch(fleet.url)).headers.get("content-security-policy") ?? "";
      assert.match(await policy(), /img-src 'self' data:;/);
      const put = async (settings: object) => {
        const body = { name: "Reserve", timeZone: "", tiles: null, ...settings };
        const response = await operate(fleet, "PUT", "/api/v1/settings", body);
        return response.ok ? "" : (await response.text()).match(/"message":"(.*?)"\}/)?.[1];
      };
      const tiles = (url: string) => put({ tiles: { url, attribution: "a map" } });
      for (const [problem, said] of [
        [await put({ timeZone: "Mars" }), /Mars.*no time zone/],
        [await tiles("javascript:alert(1)/{z}/{x}/{y}"), /no http or https/],
        [await tiles("https://{s}.tiles.example/{z}/{x}/{y}.png"), /no http or https/],
        [await tiles("https://tiles.example; script-src */{z}/{x}/{y}"), /no http or https/],
        [await tiles("https://tiles.example/{z}/{x}.png"), /\{y\} is missing/],
        [await tiles("https://tiles.example/{z}/{x}/{y}{r}.png"), /only/],
      ] as const) {
        assert.match(problem ?? "", said);
      }
      assert.is(await tiles("https://tiles.example:8080/{z}/{x}/{y}.png"), "");
      assert.match(await policy(), /img-src 'self' data: https:\/\/tiles\.example:8080;/);
      assert.is((await getJson(fleet, "/api/v1/settings")).name, "Reserve");
    },
    { dataDir, dashboardDir },
  );
});

test("the query of an export is checked, and says what is made less exact", async () => {
  await withFleet(async (fleet) => {
    await camera(fleet, "a", "Mara");
    const { project, formats, deployments } = await getJson(fleet, "/api/v1/exports?site=Mara");
    assert.equal([formats.length, deployments], [6, 1]);
    assert.ok(project);
    const wrong = await getJson(fleet, "/api/v1/exports?site=Nowhere");
    assert.match(wrong.error.message, /no site "Nowhere"/);
  });
});

test.run();
