/** What comes with an offer: note, delta, keys, priority; and who is not offered a release, and why. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { RELEASE_PATH } from "../../../device/protocol/release-offers.ts";
import { createSimulatedClock } from "../../../toolchain/fleet/clock.ts";
import {
  checkIn,
  exchange,
  getJson,
  operate,
  type TestFleet,
  withFleet,
} from "../support/fleet.ts";
import { addCameraAt, FILE, publish } from "./support.ts";

const HOUR_MS = 3600_000;
const PLAN = { rings: [100], soakMs: 0 };
const NOTE = Buffer.from("a note").toString("base64");
const LIST = Buffer.from("a list").toString("base64");

async function sends(fleet: TestFleet, method: "PUT" | "POST", path: string, body: unknown) {
  const response = await operate(fleet, method, path, body);
  const text = await response.text();
  assert.ok(response.ok, text);
  return text ? JSON.parse(text) : undefined;
}

const begin = (fleet: TestFleet, releaseID: string, plan: object = {}) =>
  sends(fleet, "POST", "/api/v1/rollouts", { releaseID, plan: { ...PLAN, ...plan } });

async function delta(fleet: TestFleet, releaseID: string, base: number, file: Buffer) {
  const manifest = Buffer.from(`delta from ${base}`).toString("base64url");
  const path = `/api/v1/releases/${releaseID}/deltas?base=${base}&manifest=${manifest}`;
  const headers = { ...fleet.operator, "content-type": "application/octet-stream" };
  const body = new Uint8Array(file);
  return (await fetch(fleet.url + path, { method: "POST", headers, body })).status;
}

test("an offer carries the note of the camera's board, and the delta from what it runs", async () => {
  await withFleet(async (fleet) => {
    await (await publish(fleet, 5, FILE, "&hardware=esp32s3")).text();
    assert.is(await delta(fleet, "app-5", 1, Buffer.from("patch")), 201);
    assert.is(await delta(fleet, "app-5", 1, Buffer.from("patch")), 201, "sent again");
    assert.is(await delta(fleet, "app-5", 1, Buffer.from("other")), 409);
    assert.is(await delta(fleet, "app-6", 1, Buffer.from("patch")), 404);
    await sends(fleet, "PUT", "/api/v1/release-notes/esp32s3", { note: NOTE });
    const camera = await addCameraAt(fleet, "north");
    await begin(fleet, "app-5", { priority: "high", budgetBytes: 9000, windows: [[0, 24]] });
    const says = (report: object, more: object = {}) =>
      exchange(fleet, camera.identity, {
        ...checkIn([]),
        ...{ hardware: "esp32s3", trust: 1, releases: [{ kind: "app", counter: 1, ...report }] },
        ...more,
      });
    const { release } = await says({});
    assert.is(release?.releaseID, "app-5.1");
    assert.is(release?.baseCounter, 1);
    assert.is(release?.bytes, 5);
    assert.is(release?.note, NOTE);
    assert.equal(
      [release?.priority, release?.budgetBytes, release?.windows],
      ["high", 9000, [[0, 24]]],
    );
    assert.ok((release?.dueS ?? 0) > Date.now() / 1000 + 23 * 3600);
    assert.is((await says({ whole: 5 })).release?.releaseID, "app-5");
    assert.is((await says({ counter: 2 })).release?.releaseID, "app-5", "no delta from 2");
    const get = async (name: string) => {
      const headers = { authorization: `Bearer ${camera.identity.credential}` };
      const response = await fetch(fleet.url + RELEASE_PATH + name, { headers });
      return [response.status, await response.text()];
    };
    assert.equal(await get("app-5.1"), [200, "patch"]);
    assert.is((await get("app-5.9"))[0], 404);
    await says({ pending: 5, waiting: "battery at 3400 mV" });
    const path = "/api/v1/rollouts/1";
    assert.is((await getJson(fleet, path)).cameras[0].reason, "battery at 3400 mV");
    await sends(fleet, "POST", `${path}/pause`, {});
    assert.is((await get("app-5.1"))[0], 410, "paused");
    await sends(fleet, "POST", `${path}/resume`, {});
    assert.is((await get("app-5.1"))[0], 200);
    assert.equal(fleet.problems, []);
  });
});

test("cameras of another board are skipped, those without keys are named, old lists are followed by the next", async () => {
  await withFleet(async (fleet) => {
    await (await publish(fleet, 5, FILE, "&hardware=esp32s3")).text();
    const [other, untrusting] = [await addCameraAt(fleet, "a"), await addCameraAt(fleet, "b")];
    await begin(fleet, "app-5");
    await sends(fleet, "PUT", "/api/v1/trust-lists/2", { list: LIST });
    const reply = await exchange(fleet, other.identity, {
      ...checkIn([]),
      ...{ hardware: "esp32", trust: 1, releases: [{ kind: "app", counter: 1 }] },
    });
    assert.is(reply.release, undefined);
    assert.is(reply.trust, LIST);
    const none = await exchange(fleet, untrusting.identity, { ...checkIn([]), trust: 0 });
    assert.equal([none.release, none.trust], [undefined, undefined]);
    const state = (camera: { cameraID: string }) =>
      getJson(fleet, `/api/v1/rollouts/1/cameras/${camera.cameraID}`);
    assert.is((await state(other)).reason, "it is for esp32s3, this camera is esp32");
    assert.is((await state(other)).state, "skipped");
    assert.is((await state(untrusting)).reason, "has no list of trusted keys");
  });
});

test("a release that is due is offered outside its windows", async () => {
  const clock = createSimulatedClock(Date.parse("2026-06-01T12:00:00Z"));
  await withFleet(
    async (fleet) => {
      await (await publish(fleet, 2)).text();
      const camera = await addCameraAt(fleet, "north");
      await begin(fleet, "app-2", { priority: "high", windows: [[1, 2]] });
      assert.is((await camera.report()).release, undefined);
      clock.set(clock.now() + 24 * HOUR_MS);
      assert.is((await camera.report()).release?.counter, 2);
    },
    { clock },
  );
});

test.run();
