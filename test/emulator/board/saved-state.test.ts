/** save(): what is kept, what the console shows, and what cannot be kept. Texts as the real interpreter prints them. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Emulator } from "../../../toolchain/emulator/emulator.ts";

async function board(files: Record<string, string> = {}) {
  let heard = "";
  const emulator = Emulator.boot({
    files,
    onConsole: (bytes) => {
      heard += bytes;
    },
  });
  await emulator.run({ ms: 100 });
  const type = async (line: string, ms = 100): Promise<string> => {
    heard = "";
    emulator.console.write(line);
    await emulator.run({ ms });
    return heard;
  };
  const restart = async (): Promise<string> => {
    heard = "";
    emulator.powerCycle();
    await emulator.run({ ms: 100 });
    return heard;
  };
  return { emulator, type, restart };
}

test("a saved program goes on after a power cut: its interval counts on, its watch is heard", async () => {
  const { emulator, type, restart } = await board();
  await type(
    "\x10var n=0;setInterval(function(){n++},1000);setWatch(function(e){n+=100},D5,{repeat:true,edge:'rising'});\n",
    2500,
  );
  await type("save()\n");
  const shown = await restart();
  assert.match(shown, /^Loading \d+ bytes from flash\.\.\.\r\n\r\n>$/);
  assert.is(emulator.readGlobal("n"), 2);
  await emulator.run({ ms: 3000 });
  emulator.pins.drive("D5", 1);
  await emulator.run({ ms: 10 });
  assert.is(emulator.readGlobal("n"), 105);
  emulator.close();
});

test("closures, classes, prototypes, shared buffers, cycles and libraries survive", async () => {
  const { emulator, type, restart } = await board();
  const lines = [
    "function counter(){var c=10;return {up:()=>++c,get:function(){return c}}}var k=counter();k.up();",
    "class A{constructor(x){this.x=x}m(){return this.x*2}}var a=new A(21);String.prototype.shout=function(){return this+'!'};",
    "var u=new Uint8Array([1,2,3]),v=new Uint16Array(u.buffer,0,1),S=require('Storage'),p=print;",
    "var list=[1,,3,null,undefined,NaN,1.5],o={get x(){return 5}};o.self=o;const fixed=1;",
  ];
  for (const line of lines) await type(`\x10${line}\n`);
  await type("save()\n");
  await restart();
  assert.equal(emulator.evaluate("[k.up(),k.get(),a.m(),a instanceof A,'q'.shout()]"), [
    ...[12, 12, 42, true, "q!"],
  ]);
  assert.equal(emulator.evaluate("[o.x,o.self===o,S===require('Storage'),p===print,1 in list]"), [
    ...[5, true, true, true, false],
  ]);
  assert.is(emulator.evaluate("(v[0]=0x0807,u[0]*10+u[1])"), 78);
  assert.throws(() => emulator.evaluate("(fixed=2)"), /Assignment to a constant/);
  emulator.close();
});

test("save() and the start after it show what the real interpreter shows", async () => {
  const { emulator, type, restart } = await board();
  await type("\x10E.on('kill',function(){print('kill')});function onInit(){print('init')}\n");
  const saved = await type("save()\n");
  assert.is(
    saved.replace(/to \d+/, "to N"),
    "save()\r\n=undefined\r\nkill\r\nCompacting Flash...\r\nCalculating Size...\r\nWriting..\r\n" +
      "Compressed 229362 bytes to N\r\nRunning onInit()...\r\ninit\r\n>",
  );
  const started = await restart();
  assert.is(
    started.replace(/\d+/, "N"),
    "Loading N bytes from flash...\r\nRunning onInit()...\r\n\r\x1b[Jinit\r\n\r\n>",
  );
  assert.match(await type("reset()\n"), "espruino.com");
  assert.is(await type("typeof onInit\n"), 'typeof onInit\r\n="undefined"\r\n>');
  assert.match(await type("load()\n"), /Loading \d+ bytes from flash/);
  assert.is(await type("typeof onInit\n"), 'typeof onInit\r\n="function"\r\n>');
  emulator.close();
});

test("an image of other firmware is refused, a .bootcde keeps save() from working", async () => {
  const { emulator } = await board({ ".varimg": "not ours" });
  const { restart } = await board({ ".varimg": "not ours" });
  assert.match(await restart(), "Not loading saved code from different Espruino firmware.\r\n");
  emulator.close();
  const other = await board({ ".bootcde": "1" });
  assert.match(await other.type("save()\n"), "Cannot save: .bootcde file already exists");
});

test("what cannot be kept is named", async () => {
  const { type } = await board();
  await type("\x10var bound=print.bind(1);\n");
  assert.match(await type("save()\n"), "save() cannot keep print");
});

test("reset(true) removes what was saved", async () => {
  const { emulator, type, restart } = await board();
  await type("\x10var kept=1;\n");
  await type("save()\n");
  await type("reset(true)\n");
  await restart();
  assert.not.ok(emulator.hasGlobal("kept"));
  emulator.close();
});

test.run();
