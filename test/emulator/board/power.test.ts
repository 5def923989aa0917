/** What ends a program from below: deep sleep, restarts, the watchdog; and the clock that goes on. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Emulator, type EmulatorOptions } from "../../../toolchain/emulator/emulator.ts";

/** A board with a boot program and the lines it prints. */
function boot(code: string, options: EmulatorOptions = {}) {
  let heard = "";
  const emulator = Emulator.boot({
    ...options,
    files: { ".bootcde": code, ...options.files },
    onConsole: (bytes) => {
      heard += bytes;
    },
  });
  return {
    emulator,
    lines: () => [...heard.matchAll(/# (.*?)\r/g)].map(([, line]) => line ?? ""),
    all: () => heard,
  };
}

const DAY_MS = 86_400_000;
const REPORT = "print('#',ESP32.getWakeupCause(),ESP32.getWakeupPin());";

test("deep sleep ends the program, loses RAM, and boots again when its time is over", async () => {
  const { emulator, lines } = boot(
    `${REPORT}var kept=1;setTimeout(()=>{try{ESP32.deepSleep(60e6)}catch(e){print('# caught')}finally{print('# final')}print('# after')},1000);setTimeout(()=>print('# late'),5000)`,
  );
  await emulator.run({ ms: 10_000 });
  assert.ok(emulator.isAsleep);
  assert.not.ok(emulator.hasGlobal("kept"));
  assert.throws(() => emulator.evaluate("1"), /deep sleep/);
  assert.equal(lines(), ["0 undefined"]);
  await emulator.run({ ms: 51_500 });
  assert.equal(lines(), ["0 undefined", "4 undefined"]);
  assert.is(emulator.resetReason, "deep-sleep");
  assert.ok(emulator.hasGlobal("kept"));
});

test("the clock goes on across deep sleep, and .bootPowerOn runs", async () => {
  const { emulator, lines } = boot(
    "print('# '+Math.round(getTime()));setTimeout(()=>ESP32.deepSleep(3e6),1000)",
    { files: { ".bootPowerOn": "print('# power')" } },
  );
  emulator.evaluate("setTime(1000000)");
  await emulator.run({ ms: 4500 });
  const [, first, ...rest] = lines();
  assert.is(first, String(Date.UTC(2026, 5, 1, 6) / 1000));
  assert.equal(rest, ["power", "1000004"]);
});

test("a month of deep sleep costs no wall time to speak of", async () => {
  const { emulator, lines } = boot("print('# up');ESP32.deepSleep(30*60e6)");
  await emulator.run({ ms: 30 * DAY_MS });
  assert.is(lines().length, 30 * 48);
});

test("a pin level wakes by EXT0, EXT1 tells the pin, and all-low waits for the last", async () => {
  const ext0 = boot(`${REPORT}if(!ESP32.getWakeupCause())ESP32.deepSleepExt0(D14,1)`);
  ext0.emulator.pins.at(ext0.emulator.nowMs + DAY_MS, () => ext0.emulator.pins.drive("D14", 1));
  await ext0.emulator.run({ ms: DAY_MS - 1 });
  assert.ok(ext0.emulator.isAsleep);
  await ext0.emulator.run({ ms: 10 });
  assert.equal(ext0.lines(), ["0 undefined", "2 undefined"]);

  const any = boot(`${REPORT}if(!ESP32.getWakeupCause())ESP32.deepSleepExt1([D4,D5],1)`);
  await any.emulator.run({ ms: 100 });
  // A pulse that is over before the next turn wakes as well.
  any.emulator.pins.drive("D5", 1);
  any.emulator.pins.drive("D5", 0);
  await any.emulator.run({ ms: 1 });
  assert.equal(any.lines(), ["0 undefined", "3 D5"]);

  const all = boot(`${REPORT}if(!ESP32.getWakeupCause())ESP32.deepSleepExt1([D4,D5],0)`);
  const { pins } = all.emulator;
  assert.equal(all.lines(), ["0 undefined"]);
  await all.emulator.run({ ms: 1 });
  assert.equal(all.lines(), ["0 undefined", "3 D4"]);
  pins.drive("D4", 1);
});

test("the C3 has neither EXT0 nor EXT1: any chosen pin's level wakes it", async () => {
  const code = `${REPORT}if(!ESP32.getWakeupCause())ESP32.deepSleepExt1([D3,D4],1)`;
  const { emulator, lines } = boot(code, { board: "esp32c3" });
  await emulator.run({ ms: 50 });
  emulator.pins.drive("D4", 1);
  await emulator.run({ ms: 1 });
  assert.equal(lines(), ["0 undefined", "7 D4"]);
});

test("pins that cannot wake and unknown modes are refused", () => {
  const { emulator } = boot(";");
  assert.throws(() => emulator.evaluate("ESP32.deepSleepExt0(D30,1)"), /Invalid pin/);
  assert.throws(() => emulator.evaluate("ESP32.deepSleepExt1([D4,D30],1)"), /Invalid pin/);
  assert.throws(() => emulator.evaluate("ESP32.deepSleepExt1([D4],2)"), /Invalid mode \(2\)!/);
});

test("light sleep leaves its timer armed for a sleep until a pin", async () => {
  const { emulator, lines } = boot(
    `${REPORT}if(!ESP32.getWakeupCause()){ESP32.lightSleep(2000);ESP32.deepSleepExt0(D14,1)}`,
  );
  await emulator.run({ ms: 4100 });
  assert.equal(lines(), ["0 undefined", "4 undefined"]);
});

test("light sleep keeps RAM, moves timers along, and hears no edges", async () => {
  const { emulator, lines } = boot(
    `var n=0;setWatch(()=>n++,D14,{repeat:true,edge:'both'});setInterval(()=>print('# tick'),1000);
    setTimeout(()=>{ESP32.lightSleep(10000);print('# '+n+' '+digitalRead(D14))},500)`,
  );
  const { pins, nowMs } = emulator;
  pins.at(nowMs + 3000, () => pins.drive("D14", 1));
  await emulator.run({ ms: 10_900 });
  assert.equal(lines(), ["0 1"]);
  await emulator.run({ ms: 200 });
  assert.equal(lines(), ["0 1", "tick"]);
});

test("reboot ends the program at once, by either name; E says kill first", async () => {
  const once = "if(require('Storage').read('x')===undefined){require('Storage').write('x','1');";
  const chip = boot(
    `print('# up');${once}E.on('kill',()=>print('# kill'));ESP32.reboot();print('# no')}`,
  );
  await chip.emulator.idle();
  assert.equal(chip.lines(), ["up", "up"]);
  const e = boot(`print('# up');${once}E.on('kill',()=>print('# kill'));E.reboot();print('# no')}`);
  await e.emulator.idle();
  assert.equal(e.lines(), ["up", "kill", "up"]);
  assert.is(e.emulator.resetReason, "software");
});

test("a program that restarts for ever still lets virtual time end", async () => {
  const { emulator, lines } = boot("print('# up');ESP32.reboot()");
  await emulator.run({ ms: 100 });
  assert.ok(lines().length > 10);
});

test("an automatic watchdog bites only code that never ends", async () => {
  const { emulator, lines } = boot(
    "print('# up');E.enableWatchdog(5);setTimeout(()=>{print('# stuck');while(1);},60000)",
  );
  await emulator.run({ ms: 64_000 });
  assert.equal(lines(), ["up", "stuck"]);
  await emulator.run({ ms: 2000 });
  assert.equal(lines(), ["up", "stuck", "up"]);
  assert.is(emulator.resetReason, "task-watchdog");
});

test("a watchdog kicked by the program bites when the kicks stop", async () => {
  const { emulator, lines } = boot(
    "print('# up');E.enableWatchdog(2,false);var n=0,i=setInterval(()=>{E.kickWatchdog();if(++n==5)clearInterval(i)},1000)",
  );
  await emulator.run({ ms: 6900 });
  assert.equal(lines(), ["up"]);
  await emulator.run({ ms: 200 });
  assert.equal(lines(), ["up", "up"]);
});

test("a watchdog survives reset() of the program and sleep ends it", async () => {
  const { emulator } = boot(";");
  emulator.evaluate("(E.enableWatchdog(3,false),reset(),1)");
  await emulator.run({ ms: 2900 });
  assert.is(emulator.resetReason, "power-on");
  await emulator.run({ ms: 200 });
  assert.is(emulator.resetReason, "task-watchdog");
  emulator.evaluate("(E.enableWatchdog(3,false),1)");
  emulator.evaluate("ESP32.deepSleep(20e6)");
  await emulator.run({ ms: 30_000 });
  assert.is(emulator.resetReason, "deep-sleep");
});

test("a fast clock gains by its drift, and the world stays true", async () => {
  const { emulator } = boot(";", { clockDriftPpm: 50 });
  emulator.evaluate("setTime(0)");
  const { nowMs } = emulator;
  await emulator.run({ ms: DAY_MS });
  assert.ok(Math.abs(emulator.nowMs - nowMs - DAY_MS) < 1);
  const gained = (emulator.evaluate("getTime()") as number) * 1000 - DAY_MS;
  assert.ok(Math.abs(gained - 50 * 86.4) < 2, `${gained} ms`);
});

test("the same sleepy life gives the same bytes", async () => {
  const life = async () => {
    const { emulator, all } = boot(
      "print(getTime(),Math.random());setTimeout(()=>ESP32.deepSleep(Math.random()*9e6),500)",
      { seed: 7 },
    );
    await emulator.run({ ms: 120_000 });
    return all();
  };
  assert.is(await life(), await life());
});

test.run();
