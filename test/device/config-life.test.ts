/**
 * The built program on the emulator against the real fleet server over real sockets: a change arrives as a few bytes,
 * survives power cuts, is confirmed by the next contact, and undoes itself when contact is lost under it.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Emulator } from "../../toolchain/emulator/emulator.ts";
import { addCamera, getJson, operate, withFleet } from "../fleet/support/fleet.ts";
import { PROVISIONING } from "./camera.ts";
import { cameraFiles } from "./interpreters.ts";

/** Shortest trial the table allows. */
const SETTINGS = { configTrialS: 600, checkInIntervalS: 60 };

test("a change is taken, cut, confirmed; another costs contact and undoes itself; the server shows both", async () => {
  await withFleet(async (fleet) => {
    let isReachable = true;
    let text = "";
    const emulator = Emulator.boot({
      files: await cameraFiles("native"),
      extension: true,
      network: { allow: (host) => host === "127.0.0.1" && isReachable },
      onConsole: (bytes) => {
        text += bytes;
      },
    });
    const type = async (line: string, wanted: RegExp) => {
      const from = text.length;
      emulator.console.write(`${line}\n`);
      await emulator.run({ ms: 60_000, until: () => wanted.test(text.slice(from)) });
      assert.match(text.slice(from), wanted);
    };
    const checkIn = () => type("thicket.checkIn()", /check-in done/);
    const inForce = () =>
      emulator.evaluate("thicket.config()") as { version: number; values: { quietS: number } };
    const camera = await addCamera(fleet, PROVISIONING.name);
    const path = `/api/v1/cameras/${camera.cameraID}/config`;
    const shown = () => getJson(fleet, path);
    try {
      await emulator.run({ ms: 500 });
      const given = { ...PROVISIONING, ...camera, server: fleet.url, wifiSsid: "" };
      await type(`thicket.provision(${JSON.stringify(given)})`, /check-in done/);
      await operate(fleet, "PATCH", path, { ...SETTINGS, quietS: 30 });
      await checkIn();
      assert.equal([inForce().version, inForce().values.quietS], [1, 30]);
      assert.is((await shown()).configState, "waiting", "brought, not yet confirmed");
      emulator.powerCycle();
      await emulator.run({ ms: 500 });
      assert.is(inForce().version, 1);
      await checkIn();
      assert.is((await shown()).configState, "inForce");

      await operate(fleet, "PATCH", path, { quietS: 3000 });
      await checkIn();
      assert.equal([inForce().version, inForce().values.quietS], [2, 3000]);
      isReachable = false;
      await emulator.run({ ms: 680_000 });
      assert.equal([inForce().version, inForce().values.quietS], [1, 30], "back by itself");
      isReachable = true;
      emulator.powerCycle();
      await emulator.run({ ms: 500 });
      await checkIn();
      const { configState, configProblem, drift } = await shown();
      assert.equal([configState, configProblem], ["refused", "no contact; back at version 1"]);
      assert.equal(drift, { quietS: [30, 3000] });
      await checkIn();
      assert.is(inForce().version, 1, "it is not tried again");
      assert.equal(fleet.problems, []);
    } finally {
      emulator.close();
    }
  });
});

test.run();
