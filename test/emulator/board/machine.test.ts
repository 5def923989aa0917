/** Behaviour of the board as a program sees it: timers, events, boot files, resets, pins, interrupts. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Emulator, type EmulatorOptions } from "../../../toolchain/emulator/emulator.ts";
import { runScript } from "../../../toolchain/emulator/script-run.ts";

const printed = async (code: string, ms = 1000, options: EmulatorOptions = {}): Promise<string[]> =>
  (await runScript(code, ms, options)).output.trimEnd().split("\n");

/** A board whose console text since the last look can be taken. */
async function setup(options: EmulatorOptions = {}) {
  let heard = "";
  const emulator = Emulator.boot({
    ...options,
    onConsole: (bytes) => {
      heard += bytes;
    },
  });
  await emulator.idle();
  return {
    emulator,
    take() {
      const taken = heard;
      heard = "";
      return taken;
    },
    async type(line: string, ms = 0) {
      heard = "";
      emulator.console.write(`\x10${line}\n`);
      await emulator.run({ ms });
      return heard;
    },
  };
}

const ROWS: [name: string, code: string, output: string[]][] = [
  [
    "timer ids start at 1 and are one more than the newest",
    "print(setTimeout('',9),setTimeout('',9)); clearTimeout(2); print(setTimeout('',9))",
    ["1 2", "2"],
  ],
  [
    "a timer takes code as text and arguments",
    "setTimeout('print(1)',1); setTimeout((a,b)=>print(a,b),2,'x',3)",
    ["1", "x 3"],
  ],
  [
    "equal times keep the order of creation",
    "setTimeout(()=>print('a'),5);setTimeout(()=>print('b'),5)",
    ["a", "b"],
  ],
  [
    "a late interval catches up in a burst",
    "var n=0,i=setInterval(()=>{n++},10); var t=getTime(); while(getTime()<t+0.055); setTimeout(()=>{print(n);clearInterval(i)},1)",
    ["5"],
  ],
  [
    "clearTimeout() clears everything",
    "setTimeout(()=>print('no'),1);setInterval(()=>print('no'),1);clearTimeout();print('ok')",
    ["ok"],
  ],
  [
    "clearTimeout(undefined) is refused",
    "try{clearTimeout(undefined)}catch(e){print(e.message)}",
    ["clearTimeout(undefined) not allowed. Use clearTimeout() instead"],
  ],
  ["an unknown id is ignored", "clearInterval(99);print('ok')", ["ok"]],
  [
    "changeInterval starts over",
    "var n=0;changeInterval(setInterval(()=>n++,100000),10);setTimeout(()=>print(n),35)",
    ["3"],
  ],
  [
    "emit runs its listeners after the current code",
    "E.on('x',v=>print('got',v));E.emit('x',1);print('first')",
    ["first", "got 1"],
  ],
  [
    "an exception in a timer does not stop an interval",
    "var n=0;setInterval(()=>{n++;if(n==2)throw 'two';if(n==4){print('four');clearInterval()}},10)",
    ["Uncaught two", "four"],
  ],
  [
    "promise reactions run before timers",
    "setTimeout(()=>print('t'),0);Promise.resolve(1).then(v=>print('p',v));print('s')",
    ["s", "p 1", "t"],
  ],
  [
    "an unhandled rejection is reported",
    "Promise.reject('no')",
    ["Uncaught Error: Unhandled promise rejection: no"],
  ],
  [
    "process 'uncaughtException' takes over the report",
    "process.on('uncaughtException',e=>print('took',e));setTimeout(()=>{throw 'x'},1)",
    ["took x"],
  ],
  [
    "modules are cached by name",
    "Modules.addCached('m','exports.v=1');require('m').v++;print(require('m').v,Modules.getCached())",
    ["2 [ ", '  "m"', " ]"],
  ],
  [
    "a module may be given as a function",
    "Modules.addCached('m',function(){exports.v=3});print(require('m').v)",
    ["3"],
  ],
  [
    "a Storage file is a module",
    "require('Storage').write('m','exports.v=this===exports');print(require('m').v)",
    ["true"],
  ],
  [
    "an unknown module throws, naming it",
    "try{require('nope')}catch(e){print(e.message)}",
    ['Module "nope" not found'],
  ],
  [
    "a module that is not modelled says so",
    "try{require('fs')}catch(e){print(e.message)}",
    ['Module "fs" is not modelled by the emulator'],
  ],
  [
    "an unknown member of a library throws, naming it",
    "try{require('Storage').readd('x')}catch(e){print(e.message)}",
    ["Storage.readd does not exist in Espruino"],
  ],
  [
    "feature tests of what is missing do not throw",
    "print(typeof E.nope, E.nope?1:0, typeof nope)",
    ["undefined 0 undefined"],
  ],
  [
    "setTime moves the clock, not the timers",
    "setTimeout(()=>print(Math.round(getTime())),1000);setTime(5000)",
    ["5001"],
  ],
  [
    "a pin is a number with a name",
    "print(typeof D5,D5,D5+1,D0==0,JSON.stringify(D2),[D3]+'')",
    ['number D5 6 true "D2" D3'],
  ],
  [
    "new Pin finds pins by name",
    "print(new Pin('D14'),new Pin(3),Pin('D99'))",
    ["D14 D3 undefined"],
  ],
  [
    "what is written can be read back",
    "[D1,D2,D4].forEach(p=>pinMode(p,'output'));D4.set();print(D4.read(),digitalRead(D4));digitalWrite([D1,D2],1);print(D1.read(),D2.read())",
    ["true 1", "false true"],
  ],
  [
    "pinMode refuses unknown modes",
    "try{pinMode(D1,'sideways')}catch(e){print(e.message)}",
    ["Unknown pin mode"],
  ],
  ["an invalid pin is refused", "try{digitalRead(77)}catch(e){print(e.message)}", ["Invalid pin"]],
  ["error flags are read once", "print(E.getErrorFlags().length)", ["0"]],
  [
    "url.parse",
    "var u=url.parse('http://h:81/a?b=c');print(u.host,u.port,u.path,u.query)",
    ["h 81 /a?b=c b=c"],
  ],
];
for (const [name, code, output] of ROWS) {
  test(name, async () => {
    assert.equal(await printed(code), output);
  });
}

test("boot files run in order, errors in one do not stop the others", async () => {
  const { take, emulator } = await setup({
    files: {
      ".boot0": "print('b0');",
      ".boot1": "oops();",
      ".boot3": "print('b3');",
      ".bootcde": "print('code');E.on('init',()=>print('init'));function onInit(){print('oninit')}",
    },
  });
  const text = take();
  const order = [
    ...text.matchAll(/^(?:\r\x1b\[J)?(b0|Uncaught Refer|b3|code|init|Running onInit|oninit)/gm),
  ];
  assert.equal(
    order.map((match) => match[1]),
    ["b0", "Uncaught Refer", "b3", "code", "init", "Running onInit", "oninit"],
  );
  assert.match(text, "at .boot1 (:1:1)");
  assert.not.match(text, "espruino.com");
  emulator.close();
});

test("reset() forgets the program, keeps Storage, and does not run .bootcde", async () => {
  const { type, emulator } = await setup({ files: { ".bootcde": "print('code')" } });
  const text = await type(
    "a=1;E.on('kill',()=>print('bye'));setInterval(()=>print('tick'),10);reset()",
    50,
  );
  assert.match(text, "bye");
  assert.match(text, "espruino.com");
  assert.not.match(text, "code");
  assert.is(emulator.readGlobal("a"), undefined);
  assert.is(emulator.readFile(".bootcde"), "print('code')");
});

test("load() runs .bootcde again, load(file) that file after a full reset", async () => {
  const { type, emulator } = await setup({
    files: { ".bootcde": "n=1", other: "print('other',typeof n)" },
  });
  emulator.console.write("\x10n=5;load()\n");
  await emulator.idle();
  assert.is(emulator.readGlobal("n"), 1);
  assert.match(await type("load('other')"), "other undefined");
  assert.is(emulator.readGlobal("__FILE__"), "other");
});

test("code after load() in the same line still runs", async () => {
  const { type, emulator } = await setup();
  assert.match(await type("reset();print('still here');x=1"), "still here");
  assert.is(emulator.readGlobal("x"), undefined);
});

test("reset(true) erases saved code; E.setBootCode writes it", async () => {
  const { type, emulator } = await setup();
  await type("E.setBootCode('a=1')");
  assert.is(emulator.readFile(".bootcde"), "a=1");
  await type("E.setBootCode('a=2',true)");
  assert.is(emulator.readFile(".bootcde"), undefined);
  assert.is(emulator.readFile(".bootrst"), "a=2");
  assert.match(await type("reset(true)"), "Erasing saved code.\r\nDone!");
  assert.is(emulator.readFile(".bootrst"), undefined);
});

test("a power cycle keeps flash and runs the boot code", async () => {
  const { type, take, emulator } = await setup();
  await type("require('Storage').write('.bootcde','print(\"up again\")');ram=1");
  take();
  emulator.powerCycle();
  assert.match(take(), "up again");
  assert.is(emulator.readGlobal("ram"), undefined);
});

test("corrupt Storage is erased at power-on, and the console says so", async () => {
  const flash = new Uint8Array(224 * 4096).fill(0xff);
  flash.fill(0, 0, 8);
  const { take, emulator } = await setup({ flash });
  assert.match(take(), "Storage is corrupt.\r\nErasing Storage Area...\r\nErase complete.\r\n");
  assert.ok(emulator.flash.image().every((byte) => byte === 0xff));
});

test("a watch sees edges with their times, with and without debouncing", async () => {
  const { type, emulator, take } = await setup();
  await type(
    "setWatch(e=>print('up',e.pin,e.state),D5,{repeat:true,edge:'rising'});" +
      "setWatch(e=>print('calm',e.state,Math.round((e.time-(e.lastTime||e.time))*1000)),D6,{repeat:true,edge:'both',debounce:50})",
  );
  take();
  const start = emulator.nowMs;
  for (const [ms, level] of [
    [100, 1],
    [110, 0],
    [120, 1],
    [400, 0],
  ] as const) {
    emulator.pins.at(start + ms, () => {
      emulator.pins.drive("D5", level);
      emulator.pins.drive("D6", level);
    });
  }
  await emulator.run({ ms: 1000 });
  const lines = take()
    .replace(/[\r>]|\x1b\[J/g, "")
    .trim()
    .split("\n");
  assert.equal(lines, ["up D5 true", "up D5 true", "calm true 0", "calm false 280"]);
});

test("a watch without repeat fires once", async () => {
  const { type, emulator } = await setup();
  await type("n=0;setWatch(()=>n++,D5)");
  for (const level of [1, 0, 1] as const) {
    emulator.pins.drive("D5", level);
    await emulator.idle();
  }
  assert.is(emulator.readGlobal("n"), 1);
});

test("Ctrl-C interrupts running code at its time, and try does not see it", async () => {
  const { type, emulator } = await setup();
  emulator.pins.at(emulator.nowMs + 500, () => emulator.console.write("\x03"));
  const text = await type("try{while(true);}catch(e){print('caught')}", 2000);
  assert.match(text, "Execution Interrupted");
  assert.not.match(text, "caught");
  assert.match(await type("print('alive')"), "alive");
});

test("an interval interrupted by Ctrl-C is removed", async () => {
  const { type, emulator } = await setup();
  await type("n=0;setInterval(()=>{n++;while(true);},100)");
  emulator.pins.at(emulator.nowMs + 500, () => emulator.console.write("\x03"));
  const text = await type("", 3000);
  assert.match(text, "ERROR: Ctrl-C while processing interval - removing it.");
  assert.match(text, "Execution Interrupted during event processing.");
  assert.is(emulator.readGlobal("n"), 1);
});

test("an endless loop ends after ten virtual minutes", async () => {
  const { type } = await setup();
  assert.match(await type("while(true);", 0), "Execution Interrupted");
});

test("time advances by operations and jumps, and pace is asked before each jump", async () => {
  const paced: number[] = [];
  const { emulator, type } = await setup({
    pace: async (nextMs) => {
      paced.push(nextMs);
    },
  });
  const start = emulator.nowMs;
  await type("setTimeout(()=>0,1000)");
  await emulator.run({ untilMs: start + 5000 });
  assert.is(Math.round(emulator.nowMs - start), 5000);
  assert.is(paced.length, 2);
  assert.ok(Math.abs((paced[0] ?? 0) - start - 1000) < 5);
});

test("run stops when its condition holds", async () => {
  const { emulator, type } = await setup();
  await type("n=0;setInterval(()=>n++,1000)");
  await emulator.run({ ms: 60_000, until: () => emulator.readGlobal("n") === 3 });
  assert.is(emulator.readGlobal("n"), 3);
});

test("the same seed and script give the same console bytes", async () => {
  const once = async (seed: number) => {
    const { type, take, emulator } = await setup({ seed });
    await type("setInterval(()=>print(getTime(),Math.random()),777)", 10_000);
    emulator.close();
    return take();
  };
  assert.is(await once(3), await once(3));
  assert.is.not(await once(3), await once(4));
});

test("light sleep does not make timers burst", async () => {
  assert.equal(
    await printed(
      "var n=0;setInterval(()=>n++,100);setTimeout(()=>{ESP32.lightSleep(5000);setTimeout(()=>print(n),230)},50)",
      8000,
    ),
    ["2"],
  );
});

test("what is not modelled throws and is remembered", async () => {
  const { type, emulator } = await setup();
  assert.match(
    await type("ESP32.setAtten(D1,1)"),
    "ESP32.setAtten() is not modelled by the emulator",
  );
  assert.match(await type("shiftOut(D1,{},1)"), "shiftOut() is not modelled by the emulator");
  assert.equal(emulator.missing, ["ESP32.setAtten()", "shiftOut()"]);
});

test("analog pins read what the world applies, on boards that have them", async () => {
  const analog = (pin: string) => (pin === "D34" ? 0.5 : 0);
  assert.equal(await printed("print(analogRead(D34))", 10, { board: "esp32", analog }), ["0.5"]);
  assert.equal(await printed("print(analogRead(D4))", 10, { analog }), ["NaN"]);
});

test.run();
