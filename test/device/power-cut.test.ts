/**
 * The built program on the emulator's flash, with the power cut at flash operations of a change, before them and in
 * their middle: the next boot must find the old state or the new one, go on numbering, and be able to store again.
 * A whole life with a server is power-cut-life.test.ts.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ConsoleStatus } from "../../device/protocol/provisioning.ts";
import { Emulator, type TornWrite } from "../../toolchain/emulator/emulator.ts";
import { PROVISIONING } from "./camera.ts";
import { cameraFiles } from "./interpreters.ts";

/** Longer than the boot guard takes a start for one of three in a row that call everything off. */
const BOOT_MS = 11_000;
const CYCLE_MS = 5000;
/** A server that is not there: check-ins fail, everything stays queued. */
const SERVER = "http://127.0.0.1:1";
const STORAGE_BYTES = 917_504;
/** Long data is cut at its first and last operations and at one in so many between. */
const DATA_STEP = 30;

type Work = (emulator: Emulator) => Promise<void> | void;

interface Cut {
  nth: number;
  torn: TornWrite;
}

const provision = (name: string) =>
  `(thicket.provision(${JSON.stringify({ ...PROVISIONING, server: SERVER, name })}),1)`;

const status = (emulator: Emulator) => emulator.evaluate("thicket.status()") as ConsoleStatus;

/** A line typed at the console, where a power cut is no error of the host. */
async function typed(emulator: Emulator, line: string, ms = 0): Promise<void> {
  emulator.console.write(`${line}\n`);
  await emulator.run({ ms });
}

let image: Promise<Uint8Array> | undefined;

/** Flash of a camera that is provisioned as "old" and has one event in its outbox. */
function prepared(): Promise<Uint8Array> {
  image ??= prepare();
  return image;
}

async function prepare(): Promise<Uint8Array> {
  const files = await cameraFiles("native");
  const emulator = Emulator.boot({ files, extension: true });
  await emulator.run({ ms: BOOT_MS });
  emulator.evaluate(provision("old"));
  emulator.evaluate("(thicket.trigger(),1)");
  await emulator.run({ ms: CYCLE_MS });
  const flash = emulator.flash.image();
  emulator.close();
  return flash;
}

/** Lengths of the program operations of some work, and 0 for an erase. */
async function operationsOf(work: Work): Promise<number[]> {
  const emulator = Emulator.boot({ flash: await prepared(), extension: true });
  await emulator.run({ ms: BOOT_MS });
  const lengths: number[] = [];
  emulator.flash.beforeOperation = ({ data }) => lengths.push(data?.length ?? 0);
  await work(emulator);
  emulator.close();
  return lengths;
}

/** Where it matters: at everything but the middle of long data. */
function interesting(lengths: number[]): number[] {
  return lengths.flatMap((length, at) => {
    const isInData = length === 64 && lengths[at - 1] === 64 && lengths[at + 1] === 64;
    return isInData && at % DATA_STEP !== 0 ? [] : [at + 1];
  });
}

/** Cut the work at each of the operations and check the camera of the next boot. */
async function cutAll(work: Work, cuts: Cut[], check: (emulator: Emulator, cut: Cut) => void) {
  for (const cut of cuts) {
    const emulator = Emulator.boot({ flash: await prepared(), extension: true });
    await emulator.run({ ms: BOOT_MS });
    emulator.flash.cutAt(cut.nth, cut.torn);
    await work(emulator);
    assert.not.ok(emulator.isOn, `cut ${JSON.stringify(cut)} did not happen`);
    emulator.powerCycle();
    await emulator.run({ ms: BOOT_MS });
    check(emulator, cut);
    await storesAgain(emulator, JSON.stringify(cut));
    emulator.close();
  }
}

/** It can store again, under numbers that were never used. */
async function storesAgain(emulator: Emulator, cut: string): Promise<void> {
  assert.is(status(emulator).heartbeat.bootCount, 3, cut);
  const { queuedRecords } = status(emulator).heartbeat;
  emulator.evaluate("(thicket.trigger(),1)");
  await emulator.run({ ms: CYCLE_MS });
  const { recordID } = emulator.evaluate("thicket.last()") as { recordID: string };
  assert.is(recordID, "3-1", cut);
  assert.is(status(emulator).heartbeat.queuedRecords, queuedRecords + 2, cut);
}

const provisioning: Work = (emulator) => typed(emulator, provision("new"));
const recording: Work = (emulator) => typed(emulator, "thicket.trigger()", CYCLE_MS);

/** Every operation with every way of tearing it. */
const tornCuts = (operations: number[]): Cut[] =>
  operations.flatMap((nth) => [
    { nth, torn: "none" as const },
    { nth, torn: "prefix" as const },
    { nth, torn: "half-erase" as const },
    { nth, torn: { kind: "random" as const, seed: nth } },
  ]);

test("a cut before or inside any operation of provisioning leaves the old identity or the new one", async () => {
  const lengths = await operationsOf(provisioning);
  const cuts = tornCuts(interesting(lengths));
  const names: string[] = [];
  await cutAll(provisioning, cuts, (emulator, cut) => {
    const { name, heartbeat } = status(emulator);
    assert.ok(["old", "new"].includes(name), JSON.stringify(cut));
    assert.is(heartbeat.queuedRecords, 2, JSON.stringify(cut));
    if (cut.torn === "none") names.push(name);
  });
  console.log(`# ${cuts.length} cuts in ${lengths.length} operations of provisioning`);
  assert.is(names[0], "old");
  assert.equal(names, names.slice().sort().reverse(), "once new, always new");
});

test("a cut before or inside an operation of recording loses nothing but that event", async () => {
  const lengths = await operationsOf(recording);
  const operations = interesting(lengths);
  const torn = (nth: number): TornWrite[] => [
    "none",
    "prefix",
    "half-erase",
    { kind: "random", seed: nth },
  ];
  const cuts = operations.map((nth, at): Cut => ({ nth, torn: torn(nth)[at % 4] as TornWrite }));
  const queued = new Set<number>();
  await cutAll(recording, cuts, (emulator, cut) => {
    const { name, heartbeat } = status(emulator);
    assert.is(name, "old", JSON.stringify(cut));
    queued.add(heartbeat.queuedRecords);
  });
  console.log(`# ${cuts.length} cuts in ${lengths.length} operations of recording an event`);
  assert.is(Math.min(...queued), 2);
  assert.ok(Math.max(...queued) > 2);
});

test("a cut in a compaction of Storage can cost the program, never what the camera knows and keeps", async () => {
  const start = Emulator.boot({ flash: await prepared(), extension: true });
  await start.run({ ms: BOOT_MS });
  start.evaluate("(function(){var S=require('Storage');S.write('x','y',0,5000);S.erase('x')})()");
  start.evaluate("require('Storage').erase('picture.jpg')");
  const flash = start.flash.image();
  const before = start.flash.countOperations();
  start.evaluate("require('Storage').compact()");
  const operations = start.flash.countOperations() - before;
  start.close();
  const files = await cameraFiles("native");
  let lost = 0;
  for (let nth = 1; nth <= operations; nth += Math.ceil(operations / 8)) {
    const emulator = Emulator.boot({ flash, extension: true });
    emulator.flash.cutAt(nth, nth % 2 === 0 ? "none" : { kind: "random", seed: nth });
    await typed(emulator, "require('Storage').compact()");
    assert.not.ok(emulator.isOn);
    emulator.powerCycle();
    await emulator.run({ ms: BOOT_MS });
    if (!emulator.hasGlobal("thicket")) lost++;
    const kept = emulator.flash.image();
    emulator.close();
    // The program is put back, as a person would.
    kept.fill(0xff, 0, STORAGE_BYTES);
    const again = Emulator.boot({ flash: kept, files, extension: true });
    await again.run({ ms: BOOT_MS });
    assert.is(status(again).name, "old");
    assert.is(status(again).heartbeat.queuedRecords, 2);
    again.close();
  }
  console.log(`# compaction of ${operations} operations: ${lost} of 8 cuts cost the program`);
});

test.run();
