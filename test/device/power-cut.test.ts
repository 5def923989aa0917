/**
 * The built program on the emulator's flash, with the power cut before every single flash operation of a change: the
 * next boot must find the old state or the new one, go on numbering, and be able to store again.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ConsoleStatus } from "../../device/protocol/provisioning.ts";
import { Emulator } from "../../toolchain/emulator/emulator.ts";
import { PROVISIONING } from "./camera.ts";
import { cameraFiles } from "./interpreters.ts";

const BOOT_MS = 500;
const CYCLE_MS = 5000;
/** A server that is not there: check-ins fail, everything stays queued. */
const SERVER = "http://127.0.0.1:1";

const provision = (name: string) =>
  `(thicket.provision(${JSON.stringify({ ...PROVISIONING, server: SERVER, name })}),1)`;

const status = (emulator: Emulator) => emulator.evaluate("thicket.status()") as ConsoleStatus;

/** Flash of a camera that is provisioned as "old" and has one event in its outbox. */
async function prepared(): Promise<Uint8Array> {
  const files = await cameraFiles("native");
  const emulator = Emulator.boot({ files });
  await emulator.run({ ms: BOOT_MS });
  emulator.evaluate(provision("old"));
  emulator.evaluate("(thicket.trigger(),1)");
  await emulator.run({ ms: CYCLE_MS });
  const flash = emulator.flash.image();
  emulator.close();
  return flash;
}

/** Boot from `flash`, let `work` happen and the power go before its nth flash operation. */
async function cutAt(
  flash: Uint8Array,
  nth: number,
  work: (emulator: Emulator) => Promise<void>,
): Promise<{ flash: Uint8Array; isCut: boolean }> {
  const emulator = Emulator.boot({ flash });
  await emulator.run({ ms: BOOT_MS });
  const last = emulator.flash.operations + nth;
  let isCut = false;
  emulator.flash.beforeOperation = ({ number }) => {
    if (number <= last) return;
    isCut = true;
    throw new Error("power cut");
  };
  try {
    await work(emulator);
  } catch (error) {
    if (!isCut) throw error;
  }
  const left = emulator.flash.image();
  emulator.close();
  return { flash: left, isCut };
}

/** Cut at every operation of `work`; `check` gets the camera of the next boot. Returns the number of cuts. */
async function cutEverywhere(
  work: (emulator: Emulator) => Promise<void>,
  check: (emulator: Emulator) => void,
): Promise<number> {
  const start = await prepared();
  for (let cuts = 0; ; cuts++) {
    const { flash, isCut } = await cutAt(start, cuts, work);
    const emulator = Emulator.boot({ flash });
    await emulator.run({ ms: BOOT_MS });
    check(emulator);
    // It can store again, under numbers that were never used.
    const { bootCount } = status(emulator).heartbeat;
    assert.is(bootCount, 3);
    emulator.evaluate("(thicket.trigger(),1)");
    await emulator.run({ ms: CYCLE_MS });
    const { recordID } = emulator.evaluate("thicket.last()") as { recordID: string };
    assert.is(recordID, "3-1");
    emulator.close();
    if (!isCut) return cuts;
  }
}

test("a cut anywhere in provisioning leaves the old identity or the new one", async () => {
  const names = new Set<string>();
  const cuts = await cutEverywhere(
    async (emulator) => {
      emulator.evaluate(provision("new"));
    },
    (emulator) => {
      names.add(status(emulator).name);
      assert.is(status(emulator).heartbeat.queuedRecords, 2);
    },
  );
  console.log(`# ${cuts} cuts in provisioning`);
  assert.ok(cuts > 2);
  assert.equal([...names], ["old", "new"]);
});

test("a cut anywhere in recording an event loses at most that event", async () => {
  const queued = new Set<number>();
  const cuts = await cutEverywhere(
    async (emulator) => {
      emulator.evaluate("(thicket.trigger(),1)");
      await emulator.run({ ms: CYCLE_MS });
    },
    (emulator) => {
      const { name, heartbeat } = status(emulator);
      assert.is(name, "old");
      queued.add(heartbeat.queuedRecords);
    },
  );
  console.log(`# ${cuts} cuts in recording an event`);
  assert.ok(cuts > 10);
  assert.is(Math.min(...queued), 2);
  assert.is(Math.max(...queued), 4);
});

test.run();
