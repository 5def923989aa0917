/** The console client against a scripted camera: framing, noise, faults, and what a user is told. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { AppError } from "../../toolchain/errors.ts";
import { literal, parseByteJson } from "../../toolchain/link/byte-text.ts";
import { openConsole } from "../../toolchain/link/console.ts";
import { openPort } from "../../toolchain/link/open.ts";
import { explainOpenFailure } from "../../toolchain/link/serial.ts";
import { listeners, type Transport } from "../../toolchain/link/transport.ts";

/** A camera that answers each written line through `reply`, in pieces of 3 bytes. */
function scriptedCamera(reply: (line: string) => string): Transport & { unplug(): void } {
  const heard = listeners();
  return {
    name: "scripted camera",
    onData: heard.onData,
    onClose: heard.onClose,
    async write(bytes) {
      const answer = reply(bytes);
      for (let i = 0; i < answer.length; i += 3) heard.data(answer.slice(i, i + 3));
    },
    async close() {},
    unplug: () => heard.closed("the cable was pulled"),
  };
}

/** What the camera prints for an evaluated line: a value (v) or what it threw (e), as JSON. */
const framed = (line: string, json: string, kind = "v") => {
  const mark = line.match(/"(#\d+:)v"/)?.[1];
  return `<<${mark}${kind}${json}${mark}>>\r\n>`;
};

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
  return "no error";
}

test("finds the answer among the camera's own lines", async () => {
  const camera = scriptedCamera((line) =>
    line === "\n" ? "\r\n>" : `boot 3\r\n${framed(line, '{"a":[1,2]}')}`,
  );
  const console = await openConsole(camera);
  assert.equal(await console.evaluate("x"), { a: [1, 2] });
});

test("hands on what the camera threw", async () => {
  const camera = scriptedCamera((line) =>
    line === "\n" ? ">" : framed(line, '"name must be 1 to 40 characters"', "e"),
  );
  const console = await openConsole(camera);
  try {
    await console.evaluate("thicket.provision({})");
    assert.unreachable();
  } catch (error) {
    assert.is((error as AppError).code, "DEVICE_THREW");
    assert.match((error as AppError).message, /name must be 1 to 40 characters/);
  }
});

test("interrupts a running program to get a prompt", async () => {
  const seen: string[] = [];
  const camera = scriptedCamera((line) => {
    seen.push(line);
    return line.startsWith("\x03") ? "Execution Interrupted.\r\n>" : "";
  });
  await openConsole(camera, { promptLimitMs: 20 });
  assert.equal(seen, ["\n", "\x03\n"]);
});

test("says that a device without a prompt is not an Espruino", async () => {
  assert.is(
    await codeOf(
      openConsole(
        scriptedCamera(() => "login: "),
        { promptLimitMs: 20 },
      ),
    ),
    "NO_PROMPT",
  );
});

test("says that the cable was pulled", async () => {
  const camera = scriptedCamera((line) => (line === "\n" ? ">" : ""));
  const console = await openConsole(camera);
  const answer = codeOf(console.evaluate("1"));
  camera.unplug();
  assert.is(await answer, "PORT_LOST");
});

test("carries any Unicode text through byte strings", () => {
  const text = { name: 'Río \u{1f98c} "quoted" \n' };
  const onCamera = literal(text);
  assert.match(onCamera, /^[\x20-\x7e]*$/);
  // biome-ignore lint/security/noGlobalEval: plays the camera, which evaluates the literal
  const evaluate = globalThis.eval;
  const bytes = evaluate(`(${onCamera})`) as { name: string };
  assert.ok([...bytes.name].every((char) => char.charCodeAt(0) < 256));
  assert.equal(parseByteJson(JSON.stringify(bytes)), text);
});

test("explains a port that cannot be opened", async () => {
  const cases: [string, string][] = [
    ["Error Resource temporarily unavailable Cannot lock port", "PORT_BUSY"],
    ["Error: Permission denied, cannot open /dev/ttyACM0", "PORT_FORBIDDEN"],
    ["Error: No such file or directory, cannot open /dev/ttyACM9", "PORT_MISSING"],
  ];
  for (const [words, code] of cases) {
    const error = explainOpenFailure("/dev/ttyACM0", new Error(words), []) as AppError;
    assert.is(error.code, code);
    assert.is(error.exitCode, 4);
    assert.match(error.message, /\/dev\/ttyACM0/);
  }
});

test("refuses an address that is none, and one where nobody answers", async () => {
  assert.is(await codeOf(Promise.resolve().then(() => openPort("tcp://nowhere"))), "BAD_PORT");
  assert.is(await codeOf(Promise.resolve().then(() => openPort(undefined))), "NO_PORT");
  assert.is(await codeOf(openPort("tcp://127.0.0.1:1")), "PORT_UNREACHABLE");
});

test.run();
