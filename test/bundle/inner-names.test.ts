/** Which properties may be shortened: none that anything outside the program could see, whichever way it gets there. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createDeviceProgram, DEVICE_PROGRAM } from "../../toolchain/bundle/device-program.ts";

const PROGRAM = `
interface Kept { inCell: number; deep: { below: number } }
interface Read { fromJson: string }
interface Looked { byKey: number; other: number }
interface Module { native(options: { given: number }): { answered: number } }
interface Wider extends Module { more(): void }
interface Inner { hidden: number; told(text: string): void }
interface Shown { command(argument: { typed: number }): { replied: number } }
const inner: Inner = { hidden: 1, told: (text) => print(text) };
const kept: Kept = { inCell: 1, deep: { below: inner.hidden } };
inner.told(JSON.stringify(kept));
const read = JSON.parse("{}") as Read;
const looked: Looked = { byKey: 1, other: 2 };
const key: keyof Looked = read.fromJson ? "byKey" : "other";
const module = require("some") as Module;
(module as Wider).more();
inner.told("" + looked[key] + module.native({ given: 1 }).answered);
const shown: Shown = { command: (argument) => ({ replied: argument.typed }) };
global.thicket = shown;
try { inner.told(""); } catch (error) { inner.told((error as { why: string }).why); }
`;

test("names stay that JSON, the console, the firmware or a key can reach; only others are inner", () => {
  const folder = mkdtempSync(join(tmpdir(), "thicket-names-"));
  try {
    mkdirSync(join(folder, "espruino"));
    writeFileSync(join(folder, "espruino", "native-modules.ts"), "export {};\n");
    writeFileSync(join(folder, "main.ts"), PROGRAM);
    const { findings, innerNames } = createDeviceProgram(join(folder, "main.ts"));
    assert.equal(findings, []);
    assert.equal([...innerNames].sort(), ["hidden", "told"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the camera's own keeps what its protocol, cells, console and modules name", () => {
  const { innerNames } = createDeviceProgram(DEVICE_PROGRAM);
  assert.ok(innerNames.size > 100, `${innerNames.size}`);
  const seen =
    "recordID acknowledged heartbeat queuedRecords cameraID credential wifiSsid burstCount motionPin " +
    "batteryMvMax startAP stopAP getIP putBlob readOlder rollBack eventStart details configSum crashes selfTest claim signature";
  for (const name of seen.split(" ")) assert.not.ok(innerNames.has(name), name);
});

test.run();
