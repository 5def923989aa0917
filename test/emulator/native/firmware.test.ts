/**
 * require("firmware"): an image on trial is confirmed, or the bootloader goes back, with otadata as ESP-IDF writes it;
 * and what a power cut at any flash operation leaves.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Flash } from "../../../toolchain/emulator/board/flash.ts";
import { PowerCut } from "../../../toolchain/emulator/board/power-cut.ts";
import type { Emulator } from "../../../toolchain/emulator/emulator.ts";
import {
  FIRMWARE_PARTITIONS,
  type FirmwareInfo,
  IMAGE_MAGIC,
  NativeFirmware,
} from "../../../toolchain/emulator/native/native-firmware.ts";
import { emulatedRun } from "../../support/native-interpreters.ts";
import { ROOT } from "../../support/skip.ts";

/** An image with ESP-IDF's description: magic, headers, version. */
function image(version: string, bytes = 9000): Buffer {
  const made = Buffer.alloc(bytes, 0x5a);
  made[0] = IMAGE_MAGIC;
  made.writeUInt32LE(0xabcd5432, 32);
  made.fill(0, 48, 80);
  made.write(version, 48);
  return made;
}

const digest = (data: Buffer) => createHash("sha256").update(data).digest();

/** Program text that writes an image in pieces, checks it and makes it boot. */
const update = (data: Buffer) => `
  var f=require("firmware"), image=atob("${data.toString("base64")}");
  f.begin(image.length);
  for (var i=0;i<image.length;i+=1000) f.write(image.substr(i,1000));
  f.end(atob("${digest(data).toString("base64")}"));
  f.activate();`;

const info = (emulator: Emulator) =>
  emulator.evaluate('require("firmware").info()') as unknown as FirmwareInfo;

const states = (emulator: Emulator) => info(emulator).partitions.map(({ state }) => state);

test("a board from the factory runs ota_0, which is valid", async () => {
  const { results } = await emulatedRun('results=require("firmware").info();done();');
  assert.equal(results, {
    running: "ota_0",
    boot: "ota_0",
    partitions: [
      { name: "ota_0", address: 0x20000, bytes: 0x200000, state: "valid", version: "" },
      { name: "ota_1", address: 0x400000, bytes: 0x200000, state: "undefined", version: "" },
    ],
  });
});

test("partitions lie where the boards' tables have them", () => {
  for (const [chip, file] of [
    ["esp32s3", "8mb"],
    ["esp32", "4mb"],
  ] as const) {
    const table = readFileSync(join(ROOT, `native/boards/partitions-${file}.csv`), "utf8");
    const rows = [...table.matchAll(/^(ota_\d),.*?(0x\w+),\s*(0x\w+)/gm)];
    const found = rows.map(([, name, address, bytes]) => ({
      name,
      address: Number(address),
      bytes: Number(bytes),
    }));
    assert.equal(found, FIRMWARE_PARTITIONS[chip], chip);
  }
});

test("an update runs on trial after the restart, and stays once it is confirmed", async () => {
  const { emulator } = await emulatedRun(`${update(image("2.0.1"))}results.info=f.info();done();`);
  assert.equal(info(emulator).running, "ota_0");
  assert.equal(info(emulator).boot, "ota_1");
  assert.equal(states(emulator), ["valid", "new"]);
  // The program of the first boot would write the image again.
  emulator.evaluate('require("Storage").erase(".bootcde")');
  emulator.powerCycle();
  assert.equal(info(emulator).running, "ota_1");
  assert.equal(info(emulator).partitions[1]?.version, "2.0.1");
  assert.equal(states(emulator), ["valid", "pending-verify"]);
  assert.throws(() => emulator.evaluate('require("firmware").begin(10)'), /FIRMWARE_STATE/);
  emulator.evaluate('require("firmware").confirm()');
  assert.equal(states(emulator), ["valid", "valid"]);
  emulator.powerCycle();
  assert.equal(info(emulator).running, "ota_1");
});

test("an update that restarts before it is confirmed is aborted, also by deep sleep", async () => {
  for (const how of ["E.reboot()", "ESP32.deepSleep(1000000)"]) {
    const { emulator } = await emulatedRun(`${update(image("2"))}done();`);
    emulator.evaluate('require("Storage").erase(".bootcde")');
    emulator.powerCycle();
    assert.equal(states(emulator), ["valid", "pending-verify"], how);
    emulator.console.write(`${how}\n`);
    await emulator.run({ ms: 5000 });
    assert.equal(info(emulator).running, "ota_0", how);
    assert.equal(states(emulator), ["valid", "aborted"], how);
  }
});

test("rollback marks the image invalid and restarts into the other one", async () => {
  const { emulator } = await emulatedRun(`${update(image("2"))}done();`);
  emulator.evaluate('require("Storage").erase(".bootcde")');
  emulator.powerCycle();
  emulator.console.write('require("firmware").rollback()\n');
  await emulator.run({ ms: 1000 });
  assert.is(emulator.resetReason, "software");
  assert.equal(info(emulator).running, "ota_0");
  assert.equal(states(emulator), ["valid", "invalid"]);
  assert.throws(() => emulator.evaluate('require("firmware").rollback()'), /FIRMWARE_ROLLBACK/);
});

test("an image that crashes as it starts is never seen by a program", async () => {
  const { emulator } = await emulatedRun(`${update(image("bad"))}done();`, {
    firmwareStarts: (bytes, name) =>
      name === "ota_0" || !Buffer.from(bytes.subarray(48, 51)).equals(Buffer.from("bad")),
  });
  emulator.evaluate('require("Storage").erase(".bootcde")');
  emulator.powerCycle();
  assert.equal(info(emulator).running, "ota_0");
  assert.equal(states(emulator), ["valid", "aborted"]);
});

test("what is wrong with an image is named, and the running one stays", async () => {
  const good = image("2");
  const sha = `atob("${digest(good).toString("base64")}")`;
  const { results, emulator } = await emulatedRun(`
    var f=require("firmware"), image=atob("${good.toString("base64")}");
    function all(){for (var i=0;i<image.length;i+=1000) f.write(image.substr(i,1000));}
    results.large=tried(function(){f.begin(0x200001);});
    results.early=tried(function(){f.write("x");});
    f.begin(image.length);
    results.twice=tried(function(){f.begin(5);});
    results.magic=tried(function(){f.write("x");});
    f.write(image.substr(0,1000));
    results.short=tried(function(){f.end(${sha});});
    results.after=tried(function(){f.write("x");});
    f.begin(image.length); all();
    results.more=tried(function(){f.write("x");});
    results.digest=tried(function(){f.end(${sha}.substr(1)+"x");});
    results.active=tried(function(){f.activate();});
    f.begin(20); f.abort(); f.abort();
    results.aborted=tried(function(){f.end(${sha});});
    done();`);
  const wanted = {
    large: "FIRMWARE_SIZE",
    early: "FIRMWARE_STATE",
    twice: "FIRMWARE_STATE",
    magic: "FIRMWARE_IMAGE",
    short: "FIRMWARE_SIZE",
    after: "FIRMWARE_STATE",
    more: "FIRMWARE_SIZE",
    digest: "FIRMWARE_DIGEST",
    active: "FIRMWARE_STATE",
    aborted: "FIRMWARE_STATE",
  };
  for (const [key, code] of Object.entries(wanted))
    assert.ok(String(results[key]).startsWith(`${code}: `), `${key}: ${results[key]}`);
  assert.equal(states(emulator), ["valid", "undefined"]);
});

test("otadata is ESP-IDF's, byte by byte", async () => {
  const { emulator } = await emulatedRun(`${update(image("2"))}done();`);
  const { firmwareFlash: flash } = emulator;
  assert.ok(flash);
  const entry = (page: number) => Buffer.from(flash.read(page * 4096, 32)).toString("hex");
  const label = "ff".repeat(20);
  // Sequence number 1, valid (2), and the checksum that ESP-IDF's own tools write for 1; then 2, new (0).
  assert.is(entry(0), `01000000${label}020000009a984347`);
  assert.is(entry(1), `02000000${label}000000007437f655`);
});

/** A small chip whose power goes at the nth operation. */
function chip(): { flash: Flash; firmware: NativeFirmware } {
  const partitions = [
    { name: "ota_0", address: 0x20000, bytes: 8192 },
    { name: "ota_1", address: 0x40000, bytes: 8192 },
  ];
  const flash = new Flash(0, 4 * 4096 + 8192);
  return { flash, firmware: new NativeFirmware({ partitions, flash }) };
}

test("power cut at any operation of an update and its trial: old or new, never neither", () => {
  const data = image("2", 5000);
  const steps: ((firmware: NativeFirmware) => void)[] = [
    (firmware) => {
      firmware.begin(data.length);
      firmware.write(data);
      firmware.end(digest(data));
      firmware.activate();
    },
    (firmware) => firmware.boot(),
    (firmware) => firmware.confirm(),
    (firmware) => firmware.boot(),
  ];
  let cuts = 0;
  for (let nth = 1, isCut = true; isCut; nth++) {
    isCut = false;
    const { flash, firmware } = chip();
    firmware.boot();
    flash.cutAt(nth, { kind: "random", seed: nth });
    try {
      for (const step of steps) step(firmware);
    } catch (error) {
      assert.instance(error, PowerCut);
      isCut = true;
      cuts++;
    }
    flash.powerOn();
    firmware.boot();
    const { running, partitions } = firmware.info();
    const state = partitions.find(({ name }) => name === running)?.state;
    // The first image, or the second with its bytes whole.
    assert.ok(running === "ota_0" || state === "pending-verify" || state === "valid", `cut ${nth}`);
    if (running === "ota_1") assert.is(partitions[1]?.version, "2", `cut ${nth}`);
    if (!isCut) assert.is(running, "ota_1");
  }
  assert.ok(cuts > 80, `${cuts} cuts`);
});

test.run();
