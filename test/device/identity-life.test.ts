/**
 * The built program against the real server: enrolled over the console as the tool does it, moved, taken out of service.
 * The power is cut while it wipes itself; afterwards its private key is nowhere in its flash.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ConsoleStatus } from "../../device/protocol/provisioning.ts";
import { Emulator } from "../../toolchain/emulator/emulator.ts";
import { openConsole } from "../../toolchain/link/console.ts";
import { openEmulated } from "../../toolchain/link/emulated.ts";
import { enrolCamera } from "../../toolchain/link/provision.ts";
import { getJson, operate, type TestFleet, withFleet } from "../fleet/support/fleet.ts";
import { cameraFiles } from "./interpreters.ts";

const KEY = 'require("vault").read("identity")';

async function boot(): Promise<Emulator> {
  const emulator = Emulator.boot({
    ...{ files: await cameraFiles("native"), extension: true },
    startMs: Date.now(),
    network: { allow: (host) => host === "127.0.0.1" },
  });
  await emulator.run({ ms: 500 });
  return emulator;
}

async function enrol(emulator: Emulator, fleet: TestFleet, claim?: string) {
  const made = await operate(fleet, "POST", "/api/v1/claims", { site: "north" });
  const { claims } = (await made.json()) as { claims: { claim: string }[] };
  const given = { server: fleet.url, claim: claim ?? claims[0]?.claim ?? "", name: "Höhle" };
  return enrolCamera(await openConsole(openEmulated(emulator)), given, {
    pause: async (ms) => {
      await emulator.run({ ms });
    },
  });
}

const status = (emulator: Emulator) => emulator.evaluate("thicket.status()") as ConsoleStatus;

async function until(emulator: Emulator, isOver: () => boolean): Promise<void> {
  for (let turn = 0; turn < 120 && !isOver(); turn++) await emulator.run({ ms: 500 });
  assert.ok(isOver());
}

const holds = (emulator: Emulator, bytes: Buffer): boolean =>
  Buffer.from(emulator.flash.image()).includes(bytes);

test("is refused with a wrong claim, enrols, hears that it moved, and after a wipe cut short its key is nowhere in its flash", async () => {
  await withFleet(async (fleet) => {
    const emulator = await boot();
    let refusal = "";
    await enrol(emulator, fleet, "aaaa-bbbb-cccc-dddd-eeee").catch((error) => {
      refusal = error.message;
    });
    assert.match(refusal, /^emulated camera: the server refused: CLAIM_REFUSED: no such claim/);
    const { cameraID, fingerprint, site } = await enrol(emulator, fleet);
    assert.is(site, "north");
    const path = `/api/v1/cameras/${cameraID}`;
    const life = await getJson(fleet, `${path}/life`);
    assert.equal([life.fingerprint, life.name, life.hardware], [fingerprint, "Höhle", "ESP32S3"]);
    const key = Buffer.from(String(emulator.evaluate(KEY)).slice(0, 32), "latin1");
    assert.ok(holds(emulator, key));

    await operate(fleet, "POST", `${path}/transfer`, { site: "süd" });
    emulator.evaluate("(thicket.trigger(),thicket.checkIn(),true)");
    await until(emulator, () => Buffer.from(status(emulator).site, "latin1").toString() === "süd");

    await operate(fleet, "POST", `${path}/decommission`, {});
    emulator.evaluate("(thicket.checkIn(),true)");
    emulator.flash.cutAt(30);
    for (let turn = 0; turn < 100 && emulator.isOn; turn++) await emulator.run({ ms: 100 });
    assert.not.ok(emulator.isOn, "cut");
    emulator.powerCycle();
    await emulator.run({ ms: 500 });
    await until(emulator, () => emulator.hasGlobal("thicket"));
    await until(emulator, () => !status(emulator).provisioned);
    assert.is((await getJson(fleet, `${path}/life`)).state, "wiped");
    assert.not.ok(holds(emulator, key), "the private key");
    emulator.close();
  });
});

test.run();
