/** emulator.power: cuts outside flash operations, and the cell under the board. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CURRENTS_MA } from "../../toolchain/emulator/battery.ts";
import { Emulator } from "../../toolchain/emulator/emulator.ts";

const HOUR_MS = 3_600_000;

test("a cut while code runs ends it at once, and nothing of RAM survives", async () => {
  const emulator = Emulator.boot();
  emulator.pins.at(emulator.nowMs + 50, () => emulator.power.cut());
  emulator.runScript("var n=0;while(true)n++");
  await emulator.run({ ms: 1000 });
  assert.is(emulator.power.isOn, false);
  assert.throws(() => emulator.evaluate("n"), "the board is off");
  emulator.power.restore();
  assert.is(emulator.evaluate("typeof n"), "undefined");
  assert.is(emulator.power.resetReason, "power-on");
});

test("a cut in deep sleep leaves the chip off past its wake-up", async () => {
  const emulator = Emulator.boot({
    files: { ".bootcde": "setTimeout(()=>ESP32.deepSleep(60e6),10)" },
  });
  await emulator.run({ ms: 1000 });
  assert.is(emulator.power.isAsleep, true);
  emulator.power.cut();
  await emulator.run({ ms: HOUR_MS });
  assert.is(emulator.power.isOn, false);
});

test("the cell loses what the stated currents say, by what the board does", async () => {
  const draw = async (bootcde: string) => {
    const emulator = Emulator.boot({ battery: {}, files: { ".bootcde": bootcde } });
    await emulator.run({ ms: HOUR_MS });
    return emulator.power.drawnMah;
  };
  const { idle, active, asleep } = CURRENTS_MA;
  assert.ok(Math.abs((await draw("0")) - idle) < 0.1);
  // Half of each second at work: 7500 loop turns of 15 000 operations a second.
  const half = await draw("setInterval(()=>{for(var i=0;i<7500;i++);},1000)");
  assert.ok(Math.abs(half - (idle + active) / 2) < 1, `${half}`);
  assert.ok(Math.abs((await draw("ESP32.deepSleep(3600e6*2)")) - asleep) < 0.01);
});

test("a board on an empty cell goes off by itself and needs charge to come back", async () => {
  const emulator = Emulator.boot({ battery: { capacityMah: 100, chargePct: 10 } });
  await emulator.run({ ms: 2 * HOUR_MS });
  assert.is(emulator.power.isOn, false);
  assert.is(emulator.power.batteryMv, 3000);
  assert.throws(() => emulator.power.restore(), "the battery is empty");
  emulator.power.charge(1000);
  assert.is(emulator.power.chargePct, 100);
  emulator.power.restore();
  assert.is(emulator.power.isOn, true);
});

test("without a battery its figures are refused, not made up", () => {
  const emulator = Emulator.boot();
  assert.throws(() => emulator.power.batteryMv, /boot the emulator with a battery/);
});

test.run();
