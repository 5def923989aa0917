/** What an operator sees and sets: cameras, their state against time, settings, lists, summary, clock. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { configProblem, defaultConfig } from "../../device/protocol/config.ts";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { statusOf } from "../../toolchain/fleet/store/cameras.ts";
import { readEvents } from "./support/events.ts";
import {
  addCamera,
  checkIn,
  exchange,
  getJson,
  heartbeat,
  observation,
  operate,
  postCheckIn,
  type TestFleet,
  withFleet,
} from "./support/fleet.ts";

test("judges a camera against the interval it promised itself", () => {
  const rows: [seconds: number, status: string][] = [
    [0, "green"],
    [150, "green"],
    [151, "yellow"],
    [300, "yellow"],
    [301, "orange"],
    [600, "orange"],
    [601, "red"],
    [-5, "green"],
  ];
  for (const [seconds, status] of rows) {
    assert.is(statusOf(1_000_000, 100, 1_000_000 + seconds * 1000), status, `${seconds} s`);
  }
  assert.is(statusOf(null, 100, 0), "new");
});

test("a camera grows pale as its clock runs on without it", async () => {
  const clock = createSimulatedClock(Date.parse("2026-06-01T00:00:00Z"));
  await withFleet(
    async (fleet) => {
      const camera = await addCamera(fleet);
      const state = async () => (await getJson(fleet, "/api/v1/cameras")).cameras[0];
      assert.is((await state()).status, "new");
      await exchange(
        fleet,
        camera,
        checkIn([], { heartbeat: heartbeat({ checkInIntervalS: 60 }) }),
      );
      assert.is((await state()).lastSeen, "2026-06-01T00:00:00.000Z");
      for (const [now, status] of [
        ["2026-06-01T00:01:20Z", "green"],
        ["2026-06-01T00:03:00Z", "yellow"],
        ["2026-06-01T08:06:00+02:00", "orange"],
        ["2026-06-02T00:00:00Z", "red"],
      ]) {
        const set = await operate(fleet, "PUT", "/api/v1/clock", { now });
        assert.is(set.status, 200);
        assert.is((await state()).status, status === "orange" ? "red" : status, now);
      }
      assert.is((await operate(fleet, "PUT", "/api/v1/clock", { now: "soon" })).status, 400);
    },
    { clock },
  );
});

test("has no clock to set unless it was started with a simulated one", async () => {
  await withFleet(async (fleet) => {
    const set = await operate(fleet, "PUT", "/api/v1/clock", { now: "2026-06-01T00:00:00Z" });
    assert.is(set.status, 404);
  });
});

test("creates cameras with what they were given and refuses what makes no sense", async () => {
  await withFleet(async (fleet) => {
    const good = { name: "Nørre å – 水", site: "Boundary", latitude: -24.99, longitude: 31.55 };
    const created = await operate(fleet, "POST", "/api/v1/cameras", good);
    assert.is(created.status, 201);
    const { cameraID, credential } = (await created.json()) as Record<string, string>;
    assert.match(cameraID ?? "", /^cam-[0-9a-z]{10}$/);
    assert.is(credential?.length, 43);
    const shown = await getJson(fleet, `/api/v1/cameras/${cameraID}`);
    const { name, site, latitude, longitude } = shown;
    assert.equal({ name, site, latitude, longitude }, good);
    assert.equal(shown.config, { version: 0, values: defaultConfig() });
    assert.not.ok(JSON.stringify(shown).includes(credential ?? ""), "shown once");
    const bad = [
      {},
      { name: "a" },
      { name: "", site: "b" },
      { name: "   ", site: "b" },
      { name: "a".repeat(41), site: "b" },
      { name: "a\u0000", site: "b" },
      { name: 5, site: "b" },
      { name: "a", site: "b", latitude: 91 },
      { name: "a", site: "b", longitude: "31" },
      [],
      null,
    ];
    for (const body of bad) {
      const response = await operate(fleet, "POST", "/api/v1/cameras", body);
      assert.is(response.status, 400, JSON.stringify(body));
      assert.is(((await response.json()) as { error: { code: string } }).error.code, "BAD_REQUEST");
    }
    assert.is((await getJson(fleet, "/api/v1/cameras")).cameras.length, 1);
  });
});

test("refuses settings by the camera's own table and keeps what was there", async () => {
  await withFleet(async (fleet) => {
    const { cameraID } = await addCamera(fleet);
    const path = `/api/v1/cameras/${cameraID}/config`;
    const bad: Record<string, unknown>[] = [
      { burstCount: 0 },
      { burstCount: "3" },
      { burstcount: 3 },
      { jpegQuality: 50.5 },
      { checkInIntervalS: null },
    ];
    for (const body of bad) {
      const response = await operate(fleet, "PATCH", path, body);
      const { error } = (await response.json()) as { error: { code: string; message: string } };
      assert.is(response.status, 400, JSON.stringify(body));
      assert.is(error.message, configProblem(body));
    }
    const votes = await operate(fleet, "PATCH", path, { burstVotes: 9 });
    assert.is(votes.status, 400, "more votes than pictures");
    const shown = await getJson(fleet, `/api/v1/cameras/${cameraID}`);
    assert.equal(shown.config, { version: 0, values: defaultConfig() });
    const nobody = await operate(fleet, "PATCH", "/api/v1/cameras/cam-none/config", {});
    assert.is(nobody.status, 404);
  });
});

test("takes a registration back as long as the camera has sent nothing", async () => {
  await withFleet(async (fleet) => {
    const [kept, mistake] = [await addCamera(fleet, "kept"), await addCamera(fleet, "mistake")];
    await operate(fleet, "PATCH", `/api/v1/cameras/${mistake.cameraID}/config`, { burstCount: 2 });
    const stream = await readEvents(fleet.url, fleet.operator);
    const remove = async ({ cameraID }: { cameraID: string }) => {
      const response = await operate(fleet, "DELETE", `/api/v1/cameras/${cameraID}`);
      const text = await response.text();
      return text === "" ? response.status : JSON.parse(text).error.code;
    };
    assert.is(await remove(mistake), 204);
    assert.is((await stream.next()).event, "reset", "whoever shows the list reads it again");
    stream.close();
    assert.is((await postCheckIn(fleet.url, mistake, checkIn([]))).status, 401);
    assert.is(await remove(mistake), "CAMERA_UNKNOWN");
    await exchange(fleet, kept, checkIn([]));
    assert.is(await remove(kept), "CAMERA_IN_USE");
    const { cameras } = await getJson(fleet, "/api/v1/cameras");
    assert.equal(
      cameras.map((camera: { name: string }) => camera.name),
      ["kept"],
    );
    assert.equal(fleet.problems, []);
  });
});

/** All pages of a list, by its own cursors. */
async function readAll(fleet: TestFleet, query: string): Promise<string[]> {
  const ids: string[] = [];
  let before = "";
  for (;;) {
    const page = await getJson(fleet, `/api/v1/observations?${query}${before}`);
    ids.push(...page.observations.map((row: { observationID: string }) => row.observationID));
    if (page.next === null) return ids;
    before = `&before=${page.next}`;
  }
}

test("pages through observations newest first, each once, while new ones arrive", async () => {
  await withFleet(async (fleet) => {
    const cameras = [await addCamera(fleet, "a"), await addCamera(fleet, "b")];
    for (const [index, camera] of cameras.entries()) {
      // Many share a second: the order must not depend on it.
      const records = Array.from({ length: 20 }, (_, n) =>
        observation(`1-${n}`, {
          eventStart: 1_700_000_000 + Math.floor(n / 4),
          eventEnd: 1_700_000_100,
          observationType: n % 5 === index ? "human" : "animal",
        }),
      );
      await exchange(fleet, camera, checkIn(records));
    }
    const page = await getJson(fleet, "/api/v1/observations?limit=7");
    await exchange(
      fleet,
      cameras[0]!,
      checkIn([observation("9-9", { eventStart: 1_800_000_000, eventEnd: 1_800_000_000 })]),
    );
    const second = await getJson(fleet, `/api/v1/observations?limit=7&before=${page.next}`);
    const idsOf = (list: { observationID: string }[]) => list.map((row) => row.observationID);
    assert.equal(
      idsOf(page.observations).filter((id) => idsOf(second.observations).includes(id)),
      [],
    );
    const all = await readAll(fleet, "limit=7");
    assert.is(all.length, 41);
    assert.is(new Set(all).size, 41);
    assert.is(all[0], `${cameras[0]!.cameraID}:9-9`);
    assert.is((await readAll(fleet, `limit=3&cameraID=${cameras[1]!.cameraID}`)).length, 20);
    assert.is((await readAll(fleet, "limit=200&observationType=human")).length, 8);
    const both = `limit=2&observationType=human&cameraID=${cameras[0]!.cameraID}`;
    assert.is((await readAll(fleet, both)).length, 4);
    assert.equal(await readAll(fleet, "cameraID=cam-none"), []);
    const { observations, observationsByType } = await getJson(fleet, "/api/v1/summary");
    assert.is(observations, 41);
    assert.equal(observationsByType, { animal: 33, human: 8 });
  });
});

test("refuses list parameters that mean nothing", async () => {
  await withFleet(async (fleet) => {
    const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const bad = [
      "limit=0",
      "limit=201",
      "limit=x",
      "limit=1&limit=2",
      "observationType=ghost",
      "before=%00",
      `before=${cursor([1])}`,
      `before=${cursor([1, "a", "b", "c"])}`,
      `before=${cursor(["1", "a", "b"])}`,
      `before=${cursor([1, "a\u0000", "b"])}`,
      `before=${cursor({ length: 3 })}`,
      `before=${cursor(null)}`,
    ];
    for (const query of bad) {
      const response = await operate(fleet, "GET", `/api/v1/observations?${query}`);
      await response.text();
      assert.is(response.status, 400, query);
    }
  });
});

test("unknown addresses and unreadable bodies get one clear line", async () => {
  await withFleet(async (fleet) => {
    const rows: [method: string, path: string, body: string | undefined, status: number][] = [
      ["GET", "/api/v1/nothing", undefined, 404],
      ["GET", "/", undefined, 503],
      ["POST", "/api/v1/cameras", "{", 400],
      ["POST", "/api/v1/cameras", '{"__proto__":{"a":1},"name":"a","site":"b"}', 400],
      ["POST", "/api/v1/cameras", `"${"x".repeat(20_000)}"`, 413],
      ["GET", "/api/v1/cameras/%00", undefined, 400],
      ["GET", `/api/v1/media/${"x".repeat(150)}/y`, undefined, 400],
      ["GET", `/api/v1/media/${"x".repeat(500)}/y`, undefined, 400],
      ["GET", "/api/v1/cameras/%zz", undefined, 400],
    ];
    for (const [method, path, body, status] of rows) {
      const response = await fetch(fleet.url + path, {
        method,
        headers: { ...fleet.operator, ...(body ? { "content-type": "application/json" } : {}) },
        body,
      });
      const { error } = (await response.json()) as { error: { code: string; message: string } };
      assert.is(response.status, status, `${method} ${path.slice(0, 40)}`);
      assert.match(error.code, /^[A-Z_]+$/);
      assert.not.match(error.message, /\n|at .*\.ts/);
    }
    const form = await fetch(`${fleet.url}/api/v1/cameras`, {
      method: "POST",
      headers: { ...fleet.operator, "content-type": "application/x-www-form-urlencoded" },
      body: "name=a&site=b",
    });
    assert.is(form.status, 415, "a form of another site cannot pass for JSON");
    assert.equal(fleet.problems, []);
  });
});

test.run();
