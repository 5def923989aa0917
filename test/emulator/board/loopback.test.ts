/** LoopbackA and LoopbackB: what comes out at the other end, and a console that the program itself stands before. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Emulator } from "../../../toolchain/emulator/emulator.ts";

/** A board whose console is LoopbackA, with what came out at LoopbackB in `got`. */
async function behindLoopback(script = "") {
  let heard = "";
  const emulator = Emulator.boot({
    onConsole: (bytes) => {
      heard += bytes;
    },
  });
  emulator.evaluate(
    `(got="",LoopbackB.on("data",d=>{got+=d}),echo(0),E.setConsole("LoopbackA"),1)`,
  );
  if (script) emulator.evaluate(`(${script},1)`);
  await emulator.run({ ms: 100 });
  heard = "";
  return {
    emulator,
    heard: () => heard,
    run: async (code: string) => {
      emulator.evaluate(`(${code},1)`);
      await emulator.run({ ms: 100 });
      return emulator.readGlobal("got") as string;
    },
  };
}

test("what is written to one comes in at the other, in pieces of less than 64 bytes, after the running code", async () => {
  const { emulator, run } = await behindLoopback();
  const wrote = "sizes=[],LoopbackA.on('data',d=>sizes.push(d.length)),E.setConsole('Serial1')";
  await run(wrote);
  assert.is(emulator.evaluate("(LoopbackB.write('x'.repeat(130)),sizes.length)"), 0);
  await emulator.run({ ms: 10 });
  assert.equal(emulator.evaluate("sizes"), [63, 63, 4]);
});

test("a console behind it runs what is written and answers there; the host's port is the program's", async () => {
  const { emulator, heard, run } = await behindLoopback();
  assert.is(await run(`LoopbackB.write("print(6*7)\\n")`), "42\r\n");
  assert.is(heard(), "");
  emulator.evaluate("(typed='',Serial1.on('data',d=>{typed+=d}),1)");
  emulator.console.write("print(1)\n\x03");
  await emulator.run({ ms: 100 });
  assert.is(emulator.readGlobal("typed"), "print(1)\n\x03");
});

test("Ctrl-C written to the console stops the very code that writes it", async () => {
  const { emulator, run } = await behindLoopback();
  const got = await run(`setTimeout(()=>{LoopbackB.write("\\x03");while(1);},10)`);
  assert.match(got, "Execution Interrupted");
  assert.ok(emulator.uptimeMs < 60_000);
});

test("more than the buffer of events holds in one turn is lost, and the flag says so", async () => {
  const { emulator, run } = await behindLoopback();
  const got = await run("print('y'.repeat(9000))");
  assert.ok(got.length > 3800 && got.length < 4096, `${got.length}`);
  assert.ok((emulator.evaluate("E.getErrorFlags()") as string[]).includes("FIFO_FULL"));
});

test("a new program leaves the console where it was: behind a loopback that nobody reads", async () => {
  const { emulator, heard } = await behindLoopback();
  emulator.evaluate("(load(),1)");
  await emulator.run({ ms: 1000 });
  emulator.console.write("print(1)\n");
  await emulator.run({ ms: 100 });
  assert.is(emulator.evaluate("E.getConsole()"), "LoopbackA");
  assert.is(heard(), "");
});

test.run();
