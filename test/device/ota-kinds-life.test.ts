/**
 * Models and firmware over the air, end to end: published with the tool into a real fleet server, rolled out, fetched by an
 * emulated camera with the built bundle across lost links and power cuts, tried, confirmed; bad ones go back with a reason.
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { newestTrust } from "../../toolchain/commands/provision.ts";
import type { EmulatorOptions } from "../../toolchain/emulator/emulator.ts";
import { type FirmwareInfo, IMAGE_MAGIC } from "../../toolchain/emulator/native/native-firmware.ts";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { openFleet, operate, type TestFleet, temporaryFolder } from "../fleet/support/fleet.ts";
import { ROOT } from "../support/skip.ts";
import { toolchain } from "../support/toolchain.ts";
import { type Camera, checkIn, HOUR_MS, memberOf, openCamera, until } from "./ota-world.ts";
import { NOW_S } from "./release-documents.ts";

/** Commands take the camera's date for theirs. */
const PRELOAD = pathToFileURL(join(ROOT, "test/story/fixed-world.mjs")).href;
const PLAN = { rings: [100], soakMs: 0 };

interface World {
  fleet: TestFleet;
  camera: Camera;
  folder: string;
  /** Type a command in the publisher's folder, so many minutes after the start. */
  types(minute: number, line: string): Promise<string>;
  /** Publish a file as the next release of its kind, and begin to roll it out. Returns the number of the roll-out. */
  release(minute: number, options: string): Promise<number>;
  endsAs(rolloutID: number, state: string, reason: RegExp): Promise<void>;
}

async function withWorld(options: EmulatorOptions, run: (world: World) => Promise<void>) {
  const folder = temporaryFolder();
  const clock = createSimulatedClock((NOW_S + 60) * 1000);
  const fleet = await openFleet({ dataDir: join(folder, "fleet"), clock });
  const types = async (minute: number, line: string) => {
    const env = {
      ...{ NODE_OPTIONS: `--import ${PRELOAD}`, THICKET_KEY_PASSPHRASE: "a long passphrase" },
      ...{ THICKET_STORY_NOW: String((NOW_S + minute * 60) * 1000), THICKET_STORY_SEED: "1" },
      THICKET_TOKEN: fleet.token,
    };
    const args = line.replaceAll("SERVER", fleet.url).split(" ");
    const { status, stdout, stderr } = await toolchain(args, { cwd: folder, env });
    assert.is(status, 0, `toolchain ${line}: ${stderr}`);
    return stdout;
  };
  let camera: Camera | undefined;
  try {
    await types(0, "ota keygen --roots 1");
    camera = await openCamera(fleet, newestTrust(join(folder, "releases")), options);
    const ours = camera;
    await run({
      ...{ fleet, camera, folder, types },
      release: async (minute, what) => {
        const said = await types(minute, `ota publish ${what} --server SERVER --json`);
        const { releases } = JSON.parse(said) as { releases: string[] };
        const body = { releaseID: releases[0], plan: PLAN };
        const begun = await operate(fleet, "POST", "/api/v1/rollouts", body);
        return ((await begun.json()) as { rolloutID: number }).rolloutID;
      },
      endsAs: async (rolloutID, state, reason) => {
        const member = await memberOf(fleet, rolloutID, ours);
        assert.is(member.state, state, `${JSON.stringify(member)} ${ours.said().slice(-1500)}`);
        assert.match(member.reason, reason);
      },
    });
  } finally {
    camera?.emulator.close();
    await fleet.server.close();
    rmSync(folder, { recursive: true });
  }
}

/** Its power goes so many flash operations from now, and comes back. */
async function losesPower(camera: Camera, flash: "flash" | "firmwareFlash", nth: number) {
  const { emulator } = camera;
  emulator[flash]?.cutAt(nth, "prefix");
  await emulator.run({ ms: HOUR_MS, until: () => !emulator.isOn });
  assert.not.ok(emulator.isOn, `the power went: ${camera.said().slice(-900)}`);
  emulator.powerCycle();
}

test("a model is fetched across a power cut and runs; one without an answer goes back to it", async () => {
  await withWorld({}, async ({ camera, folder, release, endsAs }) => {
    const places = () =>
      camera.emulator.evaluate(
        '[0,1].map(function(i){return require("vault").slot("model",i).state})',
      ) as string[];
    const files = "--labels labels.txt --model";
    const labels = ["blank", "human", "vehicle", "elephant", "big_cat", "other_animal"];
    writeFileSync(join(folder, "labels.txt"), labels.join("\n"));
    let rolloutID = await release(
      1,
      `${files} ${join(ROOT, "device/model/thicket_96_int8.tflite")}`,
    );
    checkIn(camera);
    await losesPower(camera, "flash", 2500);
    await until(camera, /release \d+: confirmed/);
    await until(camera, /check-in done/);
    await endsAs(rolloutID, "proved", /^$/);

    writeFileSync(join(folder, "bad.tflite"), "    TFL3 and nothing else ".repeat(200));
    rolloutID = await release(2, `${files} bad.tflite`);
    checkIn(camera);
    await until(camera, /not kept: TRIAL_MODEL/);
    await until(camera, /check-in done/);
    await endsAs(rolloutID, "failed", /^TRIAL_MODEL: no answer/);
    assert.equal(places(), ["rolledBack", "confirmed"], "the good one lies in the second place");
  });
});

/** An image with ESP-IDF's description, by which a person knows it. */
function firmware(version: string): Buffer {
  const image = Buffer.alloc(12_000, 0x5a);
  image[0] = IMAGE_MAGIC;
  image.writeUInt32LE(0xabcd5432, 32);
  image.fill(0, 48, 80).write(version, 48);
  return image;
}

test("firmware is fetched across lost links and a power cut, boots on trial and is confirmed; bad ones are taken back", async () => {
  const starts = (image: Uint8Array) => !Buffer.from(image.subarray(48, 80)).includes("crashes");
  await withWorld({ firmwareStarts: starts }, async (world) => {
    const { camera, folder, types, release, endsAs } = world;
    const running = () => {
      const info = camera.emulator.evaluate('require("firmware").info()') as FirmwareInfo;
      const found = info.partitions.find(({ name }) => name === info.running);
      return [found?.version, found?.state];
    };
    const publish = (minute: number, version: string) => {
      writeFileSync(join(folder, "thicket.bin"), firmware(version));
      return release(minute, "--firmware thicket.bin");
    };
    let rolloutID = await publish(1, "good");
    camera.refuses = [false, false, true, false];
    checkIn(camera);
    await losesPower(camera, "firmwareFlash", 100);
    await until(camera, /release \d+ staged/);
    await until(camera, /release \d+: confirmed/);
    await until(camera, /check-in done/);
    assert.equal(running(), ["good", "valid"]);
    await endsAs(rolloutID, "proved", /^$/);

    // One that crashes before the program starts.
    rolloutID = await publish(2, "crashes");
    checkIn(camera);
    await until(camera, /not kept: TRIAL_START/);
    await until(camera, /check-in done/);
    await endsAs(rolloutID, "failed", /^TRIAL_START: restarted before it was proved/);

    // One that reaches nobody.
    rolloutID = await publish(3, "lonely");
    checkIn(camera);
    await until(camera, /release \d+ staged/);
    camera.refuses = [true];
    await until(camera, /release \d+: TRIAL_CHECKIN/);
    camera.refuses = [false];
    await until(camera, /not kept: TRIAL_CHECKIN/);
    await until(camera, /check-in done/);
    await endsAs(rolloutID, "failed", /^TRIAL_CHECKIN: /);
    assert.equal(running(), ["good", "valid"]);
    assert.match(
      await types(3, `ota status ${rolloutID} --server SERVER`),
      /failed \(TRIAL_CHECKIN: /,
    );
  });
});

test.run();
