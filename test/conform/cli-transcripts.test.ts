/**
 * The stock `espruino` command-line tool against the emulator's console, session by session as recorded with the
 * real interpreter, and the recorded raw console bytes.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { liveInRealTime, serveConsole } from "../../toolchain/emulator/console-server.ts";
import { Emulator } from "../../toolchain/emulator/emulator.ts";
import { ROOT } from "../support/skip.ts";
import { LINE_PROBES, PACKET_PROBES, type Probe, STATE_PROBES } from "./console-probes.ts";

const CLI = join(ROOT, "node_modules", "espruino", "bin", "espruino-cli.js");
const LIMIT_MS = 40_000;
const HELLO = `function tick(n) {
  return n + 1;
}
var answer = tick(41);
console.log("answer", answer);
`;

/** Play recorded bytes one after the other on one board. */
async function replay(probes: Probe[]): Promise<void> {
  let heard = "";
  const emulator = Emulator.boot({
    onConsole: (bytes) => {
      heard += bytes;
    },
  });
  await emulator.run({ ms: 100 });
  for (const [name, sent, received] of probes) {
    heard = "";
    emulator.console.write(sent);
    await emulator.run({ ms: 400 });
    assert.is(JSON.stringify(heard), JSON.stringify(received), name);
  }
  emulator.close();
}

test("typed lines are answered byte for byte as recorded", async () => {
  await replay(LINE_PROBES);
});

test("packets and state are answered byte for byte as recorded", async () => {
  const defineQ = LINE_PROBES.filter(([name]) => name === "ESC newline");
  await replay([...defineQ, ["abc", "\x10abc=1;\n", ""], ...PACKET_PROBES, ...STATE_PROBES]);
});

test("a packet that does not arrive is given up after five seconds", async () => {
  let heard = "";
  const emulator = Emulator.boot({});
  await emulator.run({ ms: 100 });
  emulator.console.onData((bytes) => {
    heard += bytes;
  });
  emulator.console.write("\x10\x01 \x05ab");
  await emulator.run({ ms: 4900 });
  assert.is(heard, "");
  await emulator.run({ ms: 200 });
  assert.is(heard, "\x15");
  emulator.console.write("\x10print(1)\n");
  await emulator.idle();
  assert.is(heard, "\x151\r\n>");
  emulator.close();
});

interface Session {
  emulator: Emulator;
  /** What the tool printed. */
  output: string;
  /** What the board sent after it was connected to. */
  console: string;
  exitCode: number | null;
}

/**
 * Run the stock tool until it exits, or kill it once the board has sent `untilSent` (its short uploads never exit) and
 * the tool has printed `untilPrinted`.
 */
async function runCli(
  args: (file: (name: string, data: string | Uint8Array) => string) => string[],
  untilSent?: string | RegExp,
  untilPrinted = "",
): Promise<Session> {
  const folder = mkdtempSync(join(tmpdir(), "thicket-cli-"));
  const file = (name: string, data: string | Uint8Array) => {
    writeFileSync(join(folder, name), data);
    return name;
  };
  let heard = "";
  const emulator = Emulator.boot({
    onConsole: (bytes) => {
      heard += bytes;
    },
  });
  await emulator.idle();
  heard = "";
  const server = await serveConsole(emulator, 0);
  const abort = new AbortController();
  const life = liveInRealTime(emulator, abort.signal);
  const port = `tcp://127.0.0.1:${server.port}`;
  const child = spawn(process.execPath, [CLI, "--no-ble", "-v", "-p", port, ...args(file)], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const isEnough = () =>
    typeof untilSent === "string" ? heard.includes(untilSent) : untilSent?.test(heard);
  const watch = setInterval(() => {
    if (isEnough() && output.includes(untilPrinted)) child.kill("SIGKILL");
  }, 50);
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      output += data;
    });
  }
  const exitCode = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearInterval(watch);
  clearTimeout(limit);
  abort.abort();
  await life;
  await server.close();
  emulator.close();
  rmSync(folder, { recursive: true, force: true });
  return { emulator, output, console: heard, exitCode };
}

test("stock tool: connects, reads process.env, evaluates an expression", async () => {
  const { console, output } = await runCli(() => ["-e", 'print("hi",1+1)'], "hi 2\r\n>", "hi 2");
  assert.match(output, "hi 2");
  assert.match(console, /< << \{"VERSION":"2v29\.277",.*"BOARD":"ESP32S3".*\} >> >\r\n>/);
  assert.ok(console.endsWith("\r\nhi 2\r\n>"), console);
});

test("stock tool: uploads a program to RAM after a reset", async () => {
  const { console, emulator } = await runCli((file) => [file("hello.js", HELLO)], "answer 42");
  assert.match(console, "http://espruino.com/Donate\r\n\r\n>");
  assert.is(emulator.readGlobal("answer"), 42);
});

test("stock tool: saves to .bootcde and loads it", async () => {
  const { console, emulator } = await runCli(
    (file) => ["--config", "SAVE_ON_SEND=1", file("hello.js", HELLO)],
    "\r\x1b[Janswer 42\r\n>",
  );
  assert.ok(console.includes("\r\x1b[Janswer 42\r\n>"), console);
  assert.is(emulator.readFile(".bootcde"), HELLO);
  assert.is(emulator.readGlobal("answer"), 42);
});

test("stock tool: writes a binary file to Storage, then the program", async () => {
  const data = Uint8Array.from({ length: 39 }, (_, i) => (i * 37) & 255);
  const { emulator } = await runCli(
    (file) => ["--storage", `data.bin:${file("data.bin", data)}`, file("hello.js", HELLO)],
    "answer 42\r\n>",
  );
  assert.is(emulator.readFile("data.bin"), Buffer.from(data).toString("latin1"));
  assert.is(emulator.readGlobal("answer"), 42);
});

test("stock tool: puts code into a named boot file and runs it", async () => {
  const { console, emulator } = await runCli(
    (file) => ["--storage", ".boot0:-", file("hello.js", HELLO)],
    /answer 42[\s\S]*Donate[\s\S]*answer 42\r\n>/,
  );
  assert.is(emulator.readFile(".boot0"), HELLO);
  assert.is(console.split("answer 42").length - 1, 2, "once as a boot file, once by load()");
});

test("stock tool: puts code into a named file and loads it", async () => {
  const { console, emulator } = await runCli(
    (file) => [
      ...["--config", "SAVE_ON_SEND=3", "--config", "SAVE_STORAGE_FILE=app.js"],
      file("hello.js", HELLO),
    ],
    "answer 42\r\n>",
  );
  assert.is(emulator.readFile("app.js"), HELLO);
  assert.match(console, /Donate\r\n\r\nanswer 42\r\n>/);
  assert.is(emulator.readGlobal("__FILE__"), "app.js");
});

test("stock tool: an upload of more than 512 bytes ends by itself", async () => {
  const calls = Array.from({ length: 40 }, (_, i) => `add(${i});\n`).join("");
  const program = `\nvar data=[];\nfunction add(i){\n  data.push(i*2);\n  return data.length;\n}\n${calls}console.log('n',data.length);\n`;
  const { console, exitCode } = await runCli((file) => [file("big.js", program)]);
  assert.is(exitCode, 0);
  assert.match(console, "n 40\r\n>");
});

test("stock tool: a .bootcde of more than 1024 bytes arrives in chunks", async () => {
  const calls = Array.from({ length: 40 }, (_, i) => `add(${i}); // pad pad pad pad pad pad\n`);
  const program = `// big file\nvar data=[];\nfunction add(i){\n  data.push(i*2);\n  return data.length;\n}\n${calls.join("")}console.log('n',data.length);\n`;
  const { console, emulator, exitCode } = await runCli((file) => [
    ...["--config", "SAVE_ON_SEND=1"],
    file("big.js", program),
  ]);
  assert.is(exitCode, 0);
  assert.is(emulator.readFile(".bootcde"), program);
  assert.match(console, "\r\x1b[Jn 40\r\n>");
});

test("stock tool: pretokenised code over TCP arrives damaged, and the board says so", async () => {
  const { console } = await runCli(
    (file) => [
      ...["-m", "--config", "PRETOKENISE=1", "--config", "SAVE_ON_SEND=1"],
      file("hello.js", HELLO),
    ],
    /boot code \(:1:1\)[\s\S]*>/,
  );
  assert.match(console, "Uncaught Error: Too much data for file size");
  assert.match(console, "Uncaught SyntaxError: Got [ERASED] expected EOF");
});

test("a console port that is taken is one clear error", async () => {
  const emulator = Emulator.boot({});
  const server = await serveConsole(emulator, 0);
  const busy = await serveConsole(emulator, server.port).catch((error) => error);
  assert.is(busy.code, "PORT_BUSY");
  assert.is(busy.exitCode, 4);
  await server.close();
  emulator.close();
});

test.run();
