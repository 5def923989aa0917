/** The camera's program with and without short names of properties, side by side: what the outside sees is the same. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../toolchain/bundle/bundle.ts";
import { createDeviceProgram, DEVICE_PROGRAM } from "../../toolchain/bundle/device-program.ts";
import { Emulator } from "../../toolchain/emulator/emulator.ts";
import { createWorld } from "../../toolchain/emulator/world/world.ts";

const START_MS = Date.UTC(2026, 5, 1, 10);
const PLACE = { latitude: -24.9901, longitude: 31.5547 };
const CELLS = ["provisioning", "config", "boot", "powered", "dropped"];
const CALLS = ["status()", "config()", "last()", "crashes()", "greeting()"];

/** Keys at all depths, and values but numbers: those that tell of memory differ. */
const shapeOf = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value ?? null), (_key, one) => (typeof one === "number" ? 0 : one));

/** An hour of a camera: what it sends, answers on its console and keeps. */
async function live(app: string) {
  const bodies: unknown[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (piece) => {
      text += piece;
    });
    request.on("end", () => {
      const { url = "" } = request;
      if (!url.includes("check-in")) {
        response.writeHead(409, { "Content-Length": "0" }).end();
        return;
      }
      const { heartbeat, ...body } = JSON.parse(text);
      bodies.push([typeof heartbeat, shapeOf(body)]);
      const acknowledged = body.records.map(({ recordID }: { recordID: string }) => recordID);
      const config = { version: 1, values: { burstCount: 2, checkInIntervalS: 600 } };
      const time = Math.floor(emulator.nowMs / 1000);
      const answer = JSON.stringify({ v: body.v, time, acknowledged, refused: [], config });
      response.writeHead(200, { "Content-Length": String(answer.length) }).end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const world = createWorld({ ...PLACE, seed: 1, startMs: START_MS, hours: 2 });
  const emulator: Emulator = Emulator.boot({
    app,
    world,
    seed: 1,
    startMs: START_MS,
    network: { allow: (_host, to) => to === port },
  });
  const given = {
    ...{ ...PLACE, name: "golden", site: "test", cameraID: "golden", time: START_MS / 1000 },
    ...{ server: `http://127.0.0.1:${port}`, credential: "golden-credential-of-32-letters" },
    ...{ wifiSsid: "network", wifiPassword: "password" },
  };
  try {
    await emulator.run({ ms: 10_000 });
    emulator.console.write(`\x10thicket.provision(${JSON.stringify(given)})\n`);
    await emulator.run({ ms: 60_000 });
    emulator.console.write("\x10thicket.trigger()\n");
    await emulator.run({ ms: 3_600_000 });
    const ask = (code: string) =>
      JSON.parse(emulator.evaluate(`JSON.stringify(${code})`) as string);
    const cells = CELLS.map((name) => ask(`require("vault").read("${name}")||""`));
    const parsed = cells.map((text) => (/^\{/.test(text) ? JSON.parse(text) : text));
    const faces = ask("Object.keys(thicket)");
    const text = JSON.stringify({
      bodies,
      answers: CALLS.map((call) => ask(`thicket.${call}`)),
      parsed,
      faces,
    });
    return shapeOf(JSON.parse(text.split(String(port)).join("PORT"))) as { bodies: unknown[] };
  } finally {
    emulator.close();
    await new Promise((resolve) => server.close(resolve));
  }
}

test("check-ins, console answers and cells of an hour name everything as the source does", async () => {
  const short = await compile(DEVICE_PROGRAM, "esp32s3");
  const long = await compile(DEVICE_PROGRAM, "esp32s3", (entry) => ({
    ...createDeviceProgram(entry),
    innerNames: new Set(),
  }));
  assert.ok((short.code ?? "").length < (long.code ?? "").length - 2000);
  const seen = await live(short.code ?? "");
  assert.ok(seen.bodies.length > 2);
  assert.equal(seen, await live(long.code ?? ""));
});

test.run();
