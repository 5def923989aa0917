/** The firmware's boot guard on the emulated board: programs in slots, trials, safe mode, Ctrl-C; and its text in the firmware. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bundle } from "../../toolchain/bundle/bundle.ts";
import { guardHeader } from "../../toolchain/bundle/guard-header.ts";
import { Emulator } from "../../toolchain/emulator/emulator.ts";
import { ROOT } from "../support/skip.ts";

function camera(app: string, files: Record<string, string> = {}) {
  let output = "";
  const emulator = Emulator.boot({
    app,
    files,
    extension: true,
    onConsole: (bytes) => {
      output += bytes;
    },
  });
  return {
    emulator,
    /** What was printed since the last call. */
    said() {
      const text = output;
      output = "";
      return text;
    },
  };
}

/** A program into the other slot, to be tried at the next boots. */
function install(emulator: Emulator, code: string): void {
  emulator.evaluate(`(function(){
    var v=require("vault"),c=${JSON.stringify(code)};
    v.open();v.begin("app",1);v.writeSlot("app",1,0,c);
    v.stage("app",1,c.length,2,E.toString(require("crypto").SHA256(c)));
    v.switchTo("app",1);
  })()`);
}

const stateOf = (emulator: Emulator, slot: number) =>
  emulator.evaluate(`require("vault").open(),require("vault").slot("app",${slot}).state`);

test("the firmware's guard is the one that device/boot builds", async () => {
  const { code } = await bundle({ entry: join(ROOT, "device/boot/main.ts"), profile: false });
  const header = readFileSync(join(ROOT, "native/espruino/boot_guard.h"), "utf8");
  assert.is(
    header,
    guardHeader(code),
    "run: npx toolchain build --guard-header native/espruino/boot_guard.h",
  );
});

test("the program in the slot starts two seconds after switching on, again at once after load()", async () => {
  const { emulator, said } = camera("print('up',Math.round(getTime())%60)");
  assert.match(said(), /boot: Ctrl-C now for the console[\s\S]*up 2/);
  assert.is(emulator.readFile(".bootcde"), undefined);
  await emulator.run({ ms: 8000 });
  emulator.console.write("load()\n");
  await emulator.run({ ms: 10 });
  assert.match(said(), /up 10/);
  emulator.console.write("reset()\n");
  await emulator.run({ ms: 10 });
  assert.not.match(said(), /up \d/);
});

test("a program in Storage wins over the slot", () => {
  const { said } = camera("print('from the slot')", { ".bootcde": "print('from Storage')" });
  const output = said();
  assert.match(output, /from Storage/);
  assert.not.match(output, /from the slot/);
});

test("a new program that throws is rolled back, and the one before it runs again", async () => {
  const { emulator, said } = camera("print('first')");
  await emulator.run({ ms: 20_000 });
  install(emulator, "print('second');nope()");
  emulator.powerCycle();
  await emulator.run({ ms: 5000 });
  const output = said();
  assert.match(output, /second[\s\S]*"nope" is not defined[\s\S]*first/);
  assert.is(stateOf(emulator, 1), "rolledBack");
});

test("a new program that hangs is restarted three times, then rolled back", async () => {
  const { emulator, said } = camera("print('first')");
  await emulator.run({ ms: 20_000 });
  install(emulator, "print('second');setTimeout(()=>{while(1);},15000)");
  emulator.powerCycle();
  await emulator.run({ ms: 10 * 60_000 });
  assert.is(said().match(/second/g)?.length, 3);
  assert.is(stateOf(emulator, 1), "rolledBack");
});

test("switched on three times in a row it gives a bare console, also without the program in Storage", async () => {
  const withOwn: Record<string, string>[] = [{}, { ".bootcde": "print('program')" }];
  for (const files of withOwn) {
    const { emulator, said } = camera("print('program')", files);
    await emulator.run({ ms: 3000 });
    emulator.powerCycle();
    await emulator.run({ ms: 3000 });
    assert.is(said().match(/program/g)?.length, 2);
    emulator.powerCycle();
    await emulator.run({ ms: 3000 });
    const safe = said();
    assert.match(safe, /safe mode/);
    assert.not.match(safe, /program/);
    emulator.console.write("1+1\n");
    await emulator.run({ ms: 10 });
    assert.match(said(), /=2/);
    emulator.powerCycle();
    await emulator.run({ ms: 3000 });
    assert.match(said(), /program/);
  }
});

test("Ctrl-C in the first two seconds gives a bare console", async () => {
  const { emulator, said } = camera("print('program')");
  await emulator.run({ ms: 20_000 });
  said();
  emulator.pins.at(emulator.nowMs + 1000, () => emulator.console.write("\x03"));
  emulator.powerCycle();
  await emulator.run({ ms: 5000 });
  assert.not.match(said(), /program/);
});

test.run();
