/**
 * Same seed, same program, same scenario: the same bytes of log. A long scenario on two boards with all that could differ:
 * a drawn world and photographs, random numbers, a server that fails, restarts and power cuts.
 */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../toolchain/bundle/bundle.ts";
import { DEVICE_PROGRAM } from "../../toolchain/bundle/device-program.ts";
import { type BoardName, Emulator } from "../../toolchain/emulator/emulator.ts";
import { createWorld } from "../../toolchain/emulator/world/world.ts";
import { SHARED_DATA, skip } from "../support/skip.ts";

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 5, 1, 3);
const { code = "" } = await compile(DEVICE_PROGRAM, "esp32");

/** Fails in turn: an answer of 500, one cut off in its middle, none, then a refusal. */
async function openBadServer() {
  let turn = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      turn++;
      response.sendDate = false;
      if (turn % 4 === 1) response.writeHead(500, { "Content-Length": 2 }).end("no");
      else if (turn % 4 === 2) {
        response.writeHead(200, { "Content-Length": 100 });
        response.write("{");
        setImmediate(() => request.socket.destroy());
      } else if (turn % 4 === 3) request.socket.destroy();
      else response.writeHead(401, { "Content-Length": 0 }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    port,
    startOver: () => {
      turn = 0;
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

interface Scenario {
  board: BoardName;
  seed: number;
  frames?: string;
  port: number;
}

/** Console bytes with their virtual times, flash and memory at the end. */
async function log({ board, seed, frames, port }: Scenario): Promise<string> {
  let text = "";
  const world = createWorld({
    ...{ seed, latitude: -24.99, longitude: 31.55, startMs: START_MS, hours: 8 },
  });
  const emulator = Emulator.boot({
    ...{ app: code, board, seed, world, frames, startMs: START_MS, clockDriftPpm: 30 },
    network: { allow: (_host, wanted) => wanted === port },
  });
  emulator.console.onData((bytes) => {
    text += `${emulator.nowMs} ${JSON.stringify(bytes)}\n`;
  });
  await emulator.run({ ms: 10_000 });
  const given = {
    ...{ cameraID: "c", name: "n", site: "s", server: `http://127.0.0.1:${port}` },
    ...{ credential: "secret-secret-secret-secret", latitude: 0, longitude: 0 },
    ...{ time: START_MS / 1000, wifiSsid: "net", wifiPassword: "password" },
  };
  emulator.console.write(`\x10thicket.provision(${JSON.stringify(given)})\n`);
  emulator.console.write("print(Math.random(),E.hwRand(),getSerial())\n");
  await emulator.run({ ms: 4 * HOUR_MS });
  emulator.flash.cutAt(3, { kind: "random", seed });
  await emulator.run({ ms: 2 * HOUR_MS });
  emulator.powerCycle();
  await emulator.run({ ms: HOUR_MS });
  emulator.evaluate("(thicket.trigger(),1)");
  await emulator.run({ ms: HOUR_MS });
  const flash = createHash("sha256").update(emulator.flash.image()).digest("hex");
  text += `${flash} ${emulator.memory.usage} ${emulator.memory.peak} ${emulator.operations}\n`;
  emulator.close();
  return text;
}

async function twiceAndOther(scenario: Omit<Scenario, "port" | "seed">): Promise<string[]> {
  const logs: string[] = [];
  const server = await openBadServer();
  try {
    for (const seed of [5, 5, 6]) {
      server.startOver();
      logs.push(await log({ ...scenario, seed, port: server.port }));
    }
  } finally {
    await server.close();
  }
  return logs;
}

for (const board of ["esp32s3", "esp32"] as const) {
  test(`${board}: eight hours in a drawn world give the same bytes twice, another seed other ones`, async () => {
    const [first = "", second, other] = await twiceAndOther({ board });
    assert.ok(first.split("\n").length > 60, first);
    assert.match(first, "check-in failed");
    assert.ok(first === second, difference(first, second ?? ""));
    assert.ok(first !== other);
  });
}

test("photographs: the same bytes twice", async () => {
  if (!SHARED_DATA) return skip("photographs: no ../shared/data");
  const frames = join(SHARED_DATA, "images/dev");
  const [first = "", second = ""] = await twiceAndOther({ board: "esp32s3", frames });
  assert.match(first, "observation");
  assert.ok(first === second, difference(first, second));
});

/** First line that differs. */
function difference(a: string, b: string): string {
  const other = b.split("\n");
  const at = a.split("\n").findIndex((line, index) => line !== other[index]);
  return `line ${at}: ${a.split("\n")[at]} | ${other[at]}`;
}

test.run();
