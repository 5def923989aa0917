/**
 * Power cuts on an emulated board: the times and wear of flash operations, what a torn one leaves, that nothing runs
 * after the cut, and each outcome of a cut that the real interpreter shows, made by cutting a real operation.
 */
import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FLASH_TIMES, Flash } from "../../../toolchain/emulator/board/flash.ts";
import { PowerCut } from "../../../toolchain/emulator/board/power-cut.ts";
import { Emulator, type TornWrite } from "../../../toolchain/emulator/emulator.ts";
import {
  casesOf,
  cutState,
  prepare,
  recordedStates,
  SCENARIOS,
  type Seen,
  seenByEmulator,
} from "./cut-states.ts";

const BASE = 0x320000;
const SIZE = 224 * 4096;
const CORRUPT = "Storage is corrupt.\nErasing Storage Area...\nErase complete.";

/** Flash of one region with an operation cut in its middle. */
function tornFlash(torn: TornWrite, work: (flash: Flash) => void, before?: Uint8Array): Flash {
  const flash = new Flash(BASE, SIZE, before);
  flash.cutAt(1, torn);
  assert.throws(
    () => work(flash),
    (error: unknown) => error instanceof PowerCut,
  );
  return flash;
}

/** What a board shows after the power went at the nth operation of a scenario. */
async function after(
  name: string,
  nth: number | "last",
  torn: TornWrite = "none",
): Promise<Seen & { files: Record<string, number> }> {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (!scenario) throw new Error(`no scenario ${name}`);
  const { image, operations } = prepare(scenario);
  const state = await cutState(scenario, image, nth === "last" ? operations : nth, torn);
  const shown = await seenByEmulator(state);
  const listed = (JSON.parse(shown.storage) as [number, number, [string, number, number][]])[2];
  return { ...shown, files: Object.fromEntries(listed.map(([file, size]) => [file, size])) };
}

test("program and erase operations take their published times", async () => {
  const emulator = Emulator.boot();
  const busyMs = (operation: string) => {
    const from = emulator.uptimeMs;
    const before = emulator.operations;
    emulator.evaluate(operation);
    return emulator.uptimeMs - from - (emulator.operations - before) / 15;
  };
  assert.ok(Math.abs(busyMs("require('Flash').erasePage(0x321000)") - 45) < 0.1);
  const commandUs = FLASH_TIMES.firstByteUs + 63 * FLASH_TIMES.furtherByteUs;
  const ms = busyMs("require('Flash').write(new Uint8Array(1024),0x321000)");
  assert.ok(Math.abs(ms - (16 * commandUs) / 1000) < 0.1, `${ms}`);
  emulator.close();
});

test("compaction takes its erase times, and wears the pages it erases", () => {
  const emulator = Emulator.boot();
  emulator.evaluate(
    "(function(){var S=require('Storage');S.write('a','x',0,9000);S.erase('a')})()",
  );
  const from = emulator.uptimeMs;
  emulator.evaluate("require('Storage').compact()");
  assert.ok(emulator.uptimeMs - from >= 3 * 45);
  assert.equal([...emulator.flash.wear.subarray(0, 5)], [1, 1, 1, 0, 0]);
  emulator.close();
});

test("a torn program operation: nothing, the first words, or any of its bits", () => {
  const data = new Uint8Array(32).fill(0x5a);
  const write = (flash: Flash) => flash.program(BASE, data);
  assert.ok(tornFlash("none", write).isErased(BASE, 32));
  assert.ok(tornFlash("half-erase", write).isErased(BASE, 32));
  const prefix = tornFlash({ kind: "prefix", words: 3 }, write).read(BASE, 32);
  assert.equal([...prefix], [...data.subarray(0, 12), ...new Uint8Array(20).fill(0xff)]);
  const random = tornFlash({ kind: "random", seed: 7 }, write).read(BASE, 32);
  assert.ok(
    random.every((byte) => (byte & 0x5a) === 0x5a),
    "no bit cleared that should stay",
  );
  assert.ok(random.some((byte) => byte !== 0xff) && random.some((byte) => byte !== 0x5a));
  const same = tornFlash({ kind: "random", seed: 7 }, write).read(BASE, 32);
  assert.equal(random, same, "the seed decides");
});

test("a torn erase: nothing, half the page, or any of its bits", () => {
  const zeros = new Uint8Array(SIZE);
  const erase = (flash: Flash) => flash.erasePage(BASE);
  assert.is(tornFlash("none", erase, zeros).read(BASE, 4096).indexOf(0xff), -1);
  assert.is(tornFlash("prefix", erase, zeros).read(BASE, 4096).indexOf(0xff), -1);
  const half = tornFlash("half-erase", erase, zeros);
  assert.ok(half.isErased(BASE, 2048));
  assert.ok(half.read(BASE + 2048, 2048).every((byte) => byte === 0));
  const random = tornFlash({ kind: "random", seed: 3 }, erase, zeros).read(BASE, 4096);
  assert.ok(new Set(random).size > 100);
});

test("an image of another size is refused, a right one is taken as it is", () => {
  const flash = new Flash(BASE, SIZE);
  assert.throws(() => flash.load(new Uint8Array(100)), /917504 bytes is needed, this one has 100/);
  const image = new Uint8Array(SIZE).fill(0x12);
  flash.load(image);
  assert.equal(flash.image(), image);
  assert.is(flash.countOperations(), 0);
});

test("after the cut the board is off: no code, no console, no catch, until powerCycle", async () => {
  let text = "";
  const emulator = Emulator.boot({
    onConsole: (bytes) => {
      text += bytes;
    },
  });
  emulator.evaluate("(setInterval(()=>print('tick'),100),1)");
  emulator.console.write("echo(0)\n");
  await emulator.idle();
  emulator.flash.cutAt(2);
  text = "";
  emulator.console.write(
    "try{require('Storage').write('t','text')}catch(e){print('caught')}finally{print('finally')}\n",
  );
  await emulator.run({ ms: 1000 });
  assert.not.ok(emulator.isOn);
  assert.not.match(text, /caught|finally|tick/);
  const { uptimeMs } = emulator;
  emulator.console.write("print('typed')\n");
  await emulator.run({ ms: 500 });
  assert.ok(Math.abs(emulator.uptimeMs - uptimeMs - 500) < 1, "time goes on");
  assert.throws(() => emulator.evaluate("1"), /powerCycle\(\) switches it on/);
  emulator.powerCycle();
  assert.ok(emulator.isOn);
  assert.is(emulator.evaluate("require('Storage').list()[0]"), "t");
  await emulator.run({ ms: 500 });
  assert.not.match(text, /typed|tick/);
  emulator.close();
});

test("a boot can be cut, too", () => {
  const flash = new Uint8Array(SIZE).fill(0x11);
  const emulator = Emulator.boot({ flash: new Uint8Array(SIZE).fill(0xff) });
  emulator.flash.load(flash);
  emulator.flash.cutAt(100);
  emulator.powerCycle();
  assert.not.ok(emulator.isOn);
  assert.ok(emulator.flash.isErased(BASE, 99 * 4096));
  assert.not.ok(emulator.flash.isErased(BASE, 100 * 4096));
  emulator.powerCycle();
  assert.ok(emulator.flash.isErased(BASE, SIZE), "the total erase is made again");
  emulator.close();
});

test("Ctrl-C ends the erasing of a range between two pages", async () => {
  const emulator = Emulator.boot();
  emulator.pins.at(emulator.nowMs + 1000, () => emulator.console.write("\x03"));
  emulator.console.write("require('Storage').eraseAll()\n");
  await emulator.run({ ms: 0 });
  assert.ok(emulator.flash.counts.erases < 30, `${emulator.flash.counts.erases}`);
  emulator.close();
});

test("3.4 overwrite, cut after the old name is zeroed and before the new header: neither version", async () => {
  assert.equal((await after("overwrite", 2)).files, { k: 4 });
});

test("3.4 cut after the header, or inside the data: listed at full size, the tail reads 0xFF", async () => {
  assert.equal((await after("overwrite", 3)).files, { k: 4, t: 12 });
  const scenario = SCENARIOS.find(({ name }) => name === "new file");
  if (!scenario) throw new Error("no scenario");
  const { image, operations } = prepare(scenario);
  const state = await cutState(scenario, image, operations, "prefix");
  const emulator = Emulator.boot({ flash: state });
  const data = emulator.readFile("c") ?? "";
  assert.is(data.length, 200);
  assert.match(data, /[^\xff]\xff+$/);
  emulator.close();
});

test("3.4 cut inside the header, size there and name not: a file named 28 x 0xFF", async () => {
  const { boot, files } = await after("new file", 1, { kind: "prefix", words: 1 });
  assert.is(boot, "");
  assert.equal(files, { a: 300, b: 10, ["\xff".repeat(28)]: 200 });
});

test("3.4 size word torn: the scan ends there, and the next write lands on the torn header", async () => {
  const { boot, files, storage } = await after("new file", 1, { kind: "random", seed: 1 });
  assert.is(boot, "");
  assert.equal(files, { a: 300, b: 10 });
  const [, , , written] = JSON.parse(storage) as unknown[];
  assert.is(written, null, "the file written next cannot be found");
});

test("3.4 first header unreadable: corrupt, and everything is erased", async () => {
  const { boot, files } = await after("first file", 1, { kind: "random", seed: 1 });
  assert.is(boot, CORRUPT);
  assert.equal(files, {});
});

test("3.4 compaction with page 0 erased and the next page starting mid-file: corrupt, everything erased", async () => {
  const { boot, files } = await after("compaction from page 0", 2);
  assert.is(boot, CORRUPT);
  assert.equal(files, {});
});

test("3.4 compaction with a page of the chain erased and the next one starting mid-file: the same", async () => {
  const { boot, files } = await after("compaction from a later page", 2);
  assert.is(boot, CORRUPT);
  assert.equal(files, {});
});

test("3.4 compaction where the following pages look valid: a file is missing or has holes, in silence", async () => {
  const seenNames: string[] = [];
  for (const nth of [30, 68, 100]) {
    const { boot, storage } = await after("compaction of whole pages", nth);
    assert.is(boot, "");
    seenNames.push(storage);
  }
  assert.is(new Set(seenNames).size, 3);
  const scenario = SCENARIOS.find(({ name }) => name === "compaction of whole pages");
  if (!scenario) throw new Error("no scenario");
  const { image } = prepare(scenario);
  const emulator = Emulator.boot({ flash: await cutState(scenario, image, 30, "none") });
  const data = emulator.readFile("c") ?? "";
  assert.is(data.length, 4064);
  assert.match(data, /[^\xff]\xff{1000,}$/);
  emulator.close();
});

test("every recorded state boots as it did on the real interpreter", async () => {
  const path = new URL("../../conform/cut-states.json", import.meta.url);
  const recorded = recordedStates(readFileSync(path, "utf8"));
  const done = new Set<number>();
  for (const scenario of SCENARIOS) {
    const { image, operations } = prepare(scenario);
    for (const { nth, torn } of casesOf(scenario, operations)) {
      const state = await cutState(scenario, image, nth, torn);
      const key = crc32(state);
      if (done.has(key)) continue;
      done.add(key);
      const label = `${scenario.name}, operation ${nth}, ${JSON.stringify(torn)}`;
      assert.ok(recorded.has(key), `${label}: not recorded`);
      assert.equal(await seenByEmulator(state), recorded.get(key), label);
    }
  }
  assert.is(done.size, recorded.size);
  console.log(`# ${done.size} states`);
});

test.run();
