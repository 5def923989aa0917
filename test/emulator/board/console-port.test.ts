/** The console's port: moved away with E.setConsole, held back with XOFF, and edit(). */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Emulator } from "../../../toolchain/emulator/emulator.ts";

async function board() {
  let heard = "";
  const emulator = Emulator.boot({
    onConsole: (bytes) => {
      heard += bytes;
    },
  });
  await emulator.run({ ms: 100 });
  const type = async (line: string): Promise<string> => {
    heard = "";
    emulator.console.write(line);
    await emulator.run({ ms: 100 });
    return heard;
  };
  return { emulator, type };
}

test("with the console away the program itself reads the port, and takes the console back", async () => {
  const { emulator, type } = await board();
  const program = [
    "var got='';Serial1.on('data',function(d){got+=d;Serial1.write('['+d+']');if(d=='back\\n')E.setConsole(Serial1)});",
    "E.setConsole(null);print('unheard')",
  ].join("");
  assert.is(await type(`${program}\n`), `${program}\r\n-> null\r\n`);
  assert.is(await type("1+1\n"), "[1+1\n]");
  assert.match(await type("\x03"), "[\x03]", "Ctrl-C is a byte like any other");
  assert.is(await type("back\n"), "[back\n]<- null\r\n>");
  assert.is(await type("E.getConsole()\n"), 'E.getConsole()\r\n="Serial1"\r\n>');
  assert.is(emulator.readGlobal("got"), "1+1\n\x03back\n");
  emulator.close();
});

test("the console on another port talks to what is attached there", async () => {
  const { emulator, type } = await board();
  let answers = "";
  const other = emulator.attach.serial("Serial2", {
    receive: (bytes: string) => {
      answers += bytes;
    },
  });
  await type("Serial2.setup(115200);E.setConsole('Serial2')\n");
  answers = "";
  other.send("6*7\n");
  await emulator.run({ ms: 100 });
  assert.is(answers, "6*7\r\n=42\r\n>");
  emulator.close();
});

test("a device that is none is refused", async () => {
  const { type } = await board();
  assert.match(await type("E.setConsole('Serial9')\n"), 'Unknown device type "undefined"');
});

test("more than three quarters of the receive buffer: XOFF, and XON when it is empty", async () => {
  const { type } = await board();
  const line = (chars: number) => `\x10"${"x".repeat(chars - 4)}"\n`;
  assert.is(await type(line(3072)), "");
  assert.is(await type(line(3073)), "\x13\x11");
});

test("edit() puts a function on the typed line", async () => {
  const { type } = await board();
  await type("\x10function foo(a){return a+1}var o={f:function(){return 2}};\n");
  assert.is(
    await type("edit('foo')\n"),
    "edit('foo')\r\n=undefined\r\n>function foo(a) {return a+1}",
  );
  assert.match(await type("\n"), "=function (a) { ... }");
  assert.match(await type("edit(o.f)\n"), "o.f.replaceWith(function () {return 2});");
});

test.run();
