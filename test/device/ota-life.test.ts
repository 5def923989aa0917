/**
 * Updates end to end: the fleet server over real sockets, an emulated camera with the built bundle in its slot, releases
 * signed by keys that it was given when it was provisioned.
 */
import { rmSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ConsoleStatus } from "../../device/protocol/provisioning.ts";
import type { TornWrite } from "../../toolchain/emulator/emulator.ts";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { makePatch } from "../../toolchain/patch/patch.ts";
import {
  getJson,
  openFleet,
  operate,
  type TestFleet,
  temporaryFolder,
} from "../fleet/support/fleet.ts";
import { toolchain } from "../support/toolchain.ts";
import { program } from "./interpreters.ts";
import { type Camera, checkIn, HOUR_MS, memberOf, openCamera, until } from "./ota-world.ts";
import { COUNTER, KEYS, manifest, NOW_S, note } from "./release-documents.ts";

const PLAN = { rings: [100], soakMs: 0 };
const base64 = (text: string): string => Buffer.from(text, "latin1").toString("base64");
/** Newer than every note before. */
const LATER = { issuedS: NOW_S + 50 };
/** Power cuts of the last test; more of them: THICKET_OTA_CUTS. */
const CUTS = Number(process.env.THICKET_OTA_CUTS ?? 2);
const TORN: readonly TornWrite[] = ["none", "prefix", { kind: "random", seed: 7 }, "half-erase"];

const slots = ({ emulator }: Camera) =>
  emulator.evaluate('[0,1].map(function(i){return require("vault").slot("app",i)})') as {
    state: string;
    release: number;
  }[];

/** Publish a release and begin to roll it out; returns the number of the roll-out. */
async function release(
  fleet: TestFleet,
  counter: number,
  image: Buffer,
  more: {
    file?: Buffer;
    manifest?: string;
    note?: string;
    delta?: { payload: Buffer; base: Buffer };
  } = {},
): Promise<number> {
  const headers = { ...fleet.operator, "content-type": "application/octet-stream" };
  const post = async (path: string, body: Buffer) => {
    const response = await fetch(fleet.url + path, {
      method: "POST",
      headers,
      body: new Uint8Array(body),
    });
    assert.is(response.status, 201, await response.text());
  };
  const signed = more.manifest ?? manifest({ counter, image });
  const query = { kind: "app", counter: String(counter), version: "2", hardware: "esp32s3" };
  const named = new URLSearchParams({ ...query, manifest: base64(signed) });
  await post(`/api/v1/releases?${named}`, more.file ?? image);
  if (more.delta) {
    const patched = manifest({ counter, image, delta: more.delta });
    const from = new URLSearchParams({ base: "1", manifest: base64(patched) });
    await post(`/api/v1/releases/app-${counter}/deltas?${from}`, more.delta.payload);
  }
  const newest =
    more.note ?? note({ counters: [counter, 0, 0], issuedS: NOW_S + counter - COUNTER });
  await operate(fleet, "PUT", "/api/v1/release-notes/esp32s3", { note: base64(newest) });
  const body = { releaseID: `app-${counter}`, plan: PLAN };
  const response = await operate(fleet, "POST", "/api/v1/rollouts", body);
  const answer = (await response.json()) as { rolloutID: number };
  assert.is(response.status, 201, JSON.stringify(answer));
  return answer.rolloutID;
}

/** Whether the release is confirmed in its slot; asked of the console, so not while nothing runs. */
const isNewest = (camera: Camera, counter: number): boolean =>
  camera.emulator.hasGlobal("thicket") &&
  slots(camera).some(({ state, release }) => state === "confirmed" && release === counter);

test("a camera takes good releases across lost links, goes back from bad ones, refuses forged ones", async () => {
  const dataDir = temporaryFolder();
  const clock = createSimulatedClock((NOW_S + 60) * 1000);
  const fleet = await openFleet({ dataDir, clock });
  const camera = await openCamera(fleet);
  const { emulator } = camera;
  const first = Buffer.from(await program());
  const text = first.toString("latin1");
  const variant = (code: string) => Buffer.from(code, "latin1");
  const endsAs = async (rolloutID: number, state: string, reason: RegExp) => {
    const member = await memberOf(fleet, rolloutID, camera);
    assert.is(member.state, state, `${JSON.stringify(member)} ${camera.said().slice(-1500)}`);
    assert.match(member.reason, reason);
  };
  try {
    // Whole, with the link going again and again.
    emulator.memory.lookEvery(50);
    const second = variant(`${text};`);
    let rolloutID = await release(fleet, COUNTER + 1, second);
    camera.refuses = [false, false, true, false, false, false, true, true, false];
    checkIn(camera);
    await until(camera, /release \d+ staged/);
    await until(camera, /release \d+: confirmed/);
    await until(camera, /check-in done/);
    await endsAs(rolloutID, "proved", /^$/);
    assert.equal(
      slots(camera).map(({ state }) => state),
      ["confirmed", "confirmed"],
    );
    console.log(`# most variables in an update of ${second.length} bytes: ${emulator.memory.peak}`);

    // A program that starts and finds no server.
    const lost = variant(text.replace("/device/v1/check-in", "/device/v1/check-xx"));
    rolloutID = await release(fleet, COUNTER + 2, lost);
    checkIn(camera);
    await until(camera, /not kept: TRIAL_CHECKIN/, 3 * HOUR_MS);
    await until(camera, /check-in done/);
    await endsAs(rolloutID, "failed", /^TRIAL_CHECKIN: check-in refused with 404/);
    const shown = await toolchain(["ota", "status", String(rolloutID), "--server", fleet.url], {
      env: { THICKET_TOKEN: fleet.token },
    });
    assert.match(shown.stdout, /failed \(TRIAL_CHECKIN: check-in refused with 404/);

    // One that throws while it starts.
    rolloutID = await release(fleet, COUNTER + 3, variant(`nope();${text}`));
    checkIn(camera);
    await until(camera, /not kept: TRIAL_START/);
    await until(camera, /check-in done/);
    await endsAs(rolloutID, "failed", /^TRIAL_START: it threw while it started/);

    // Forged: a manifest, a note, the file.
    const forgeries: [Parameters<typeof release>[3], RegExp][] = [
      [{ manifest: manifest({ counter: COUNTER + 4, image: second }, KEYS.note) }, /^MANIFEST_KEY/],
      [{ note: note({ ...LATER, counters: [COUNTER + 5, 0, 0] }, KEYS.release) }, /^NOTE_KEY/],
      [{ file: Buffer.alloc(second.length, "evil();") }, /^FILE_DIGEST/],
    ];
    for (const [index, [forged, reason]] of forgeries.entries()) {
      const before = slots(camera).map(({ release }) => release);
      rolloutID = await release(fleet, COUNTER + 4 + index, second, forged);
      checkIn(camera);
      await until(camera, /not kept/);
      await until(camera, /check-in done/);
      await endsAs(rolloutID, "failed", reason);
      const newest = slots(camera).find(({ state }) => state === "confirmed");
      assert.ok(before.includes(newest?.release ?? 0));
    }
    const { trust, heartbeat } = emulator.evaluate("thicket.status()") as ConsoleStatus;
    assert.is(trust, 1);
    assert.is(heartbeat.subsystems.find(({ name }) => name === "ota")?.failures, 0);
  } finally {
    emulator.close();
    await fleet.server.close();
    rmSync(dataDir, { recursive: true });
  }
});

test("a camera that runs a known release takes the next one as a delta", async () => {
  const dataDir = temporaryFolder();
  const clock = createSimulatedClock((NOW_S + 60) * 1000);
  const fleet = await openFleet({ dataDir, clock });
  const camera = await openCamera(fleet);
  try {
    const base = Buffer.from(await program());
    const image = Buffer.from(`${base.toString("latin1")};`, "latin1");
    const payload = Buffer.from(makePatch(base, image));
    await release(fleet, COUNTER + 1, image, { delta: { payload, base } });
    checkIn(camera);
    await until(camera, /release \d+: confirmed/);
    await until(camera, /check-in done/);
    const { states } = await getJson(fleet, "/api/v1/rollouts/1");
    assert.is(states.proved, 1);
    console.log(`# a delta of ${payload.length} bytes in place of ${image.length}`);
  } finally {
    camera.emulator.close();
    await fleet.server.close();
    rmSync(dataDir, { recursive: true });
  }
});

test("the power goes in an update of the built program, and it is confirmed all the same", async () => {
  const dataDir = temporaryFolder();
  const clock = createSimulatedClock((NOW_S + 60) * 1000);
  const fleet = await openFleet({ dataDir, clock });
  const camera = await openCamera(fleet);
  const { emulator } = camera;
  const text = (await program()).toString();
  try {
    let operations = 0;
    for (let update = 0; update <= CUTS; update++) {
      await release(fleet, COUNTER + update + 1, Buffer.from(text + ";".repeat(update + 1)));
      const from = emulator.flash.countOperations();
      const way = TORN[update % TORN.length] as TornWrite;
      // The first one is not cut and says how many operations there are.
      const nth = 1 + Math.floor(((update - 0.5) * operations) / CUTS);
      if (update > 0) emulator.flash.cutAt(nth, way);
      checkIn(camera);
      const start = camera.said().length;
      const isOver = () => !emulator.isOn || /: confirmed/.test(camera.said().slice(start));
      await emulator.run({ ms: HOUR_MS, until: isOver });
      assert.is(emulator.isOn, update === 0, `cut ${nth} of ${operations}`);
      if (!emulator.isOn) {
        emulator.powerCycle();
        // It may have been confirmed when the power went.
        await emulator.run({
          ms: 2 * HOUR_MS,
          until: () => isNewest(camera, COUNTER + update + 1),
        });
      }
      operations ||= emulator.flash.countOperations() - from;
      assert.ok(isNewest(camera, COUNTER + update + 1), `cut ${nth}: ${camera.said().slice(-900)}`);
      await emulator.run({ ms: 60_000 });
    }
    console.log(`# ${CUTS} cuts in updates of about ${operations} flash operations`);
  } finally {
    emulator.close();
    await fleet.server.close();
    rmSync(dataDir, { recursive: true });
  }
});

test.run();
