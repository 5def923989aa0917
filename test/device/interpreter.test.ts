/**
 * The built program itself: on the emulator always, on the real interpreter when THICKET_ESPRUINO names it. The native
 * modules are fakes in JavaScript; the server answers over real sockets.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ConsoleStatus } from "../../device/protocol/provisioning.ts";
import { skip } from "../support/skip.ts";
import { PROVISIONING } from "./camera.ts";
import { FleetFake } from "./fleet-fake.ts";
import { serveFleet } from "./fleet-server.ts";
import {
  cameraFiles,
  ESPRUINO,
  emulated,
  type Files,
  type Interpreter,
  real,
} from "./interpreters.ts";

/** Budgets of the design: interpreter variables at peak, operations of a cycle. */
const VARIABLES_MAX = 6000;
const CYCLE_OPERATIONS_MAX = 8000;
const TOTAL_VARIABLES = 16383;

const INTERPRETERS: [string, ((files: Files) => Interpreter) | undefined][] = [
  ["emulator", emulated],
  ["real interpreter", ESPRUINO ? (files) => real(ESPRUINO as string, files) : undefined],
];

/** Ask the program and read the answer as JSON. */
async function ask<T>(interpreter: Interpreter, expression: string): Promise<T> {
  const text = await interpreter.type(
    `print("<"+"<"+JSON.stringify(${expression})+">>")`,
    />>\r?\n/,
  );
  return JSON.parse(text.slice(text.indexOf("<<") + 2, text.lastIndexOf(">>"))) as T;
}

/** Boot, do something, and leave no process behind. */
async function on(
  open: ((files: Files) => Interpreter) | undefined,
  firmware: "stock" | "native",
  work: (camera: Interpreter, files: Files) => Promise<void>,
): Promise<void> {
  if (!open) return skip("the program on the real interpreter: THICKET_ESPRUINO is not set");
  const files = await cameraFiles(firmware);
  const camera = open(files);
  try {
    await work(camera, files);
  } finally {
    await camera.close();
  }
}

for (const [name, open] of INTERPRETERS) {
  test(`${name}: boots on stock firmware, says what is missing, and answers`, () =>
    on(open, "stock", async (camera) => {
      const greeting = await camera.wait(/not provisioned/);
      assert.match(greeting, "this firmware has no camera, vision, model, vault, crypto");
      const status = await ask<ConsoleStatus>(camera, "thicket.status()");
      assert.equal(status.missing, ["camera", "vision", "model", "vault", "crypto"]);
      assert.is(status.heartbeat.state, "degraded");
      // Nothing can be kept, a boot's number least of all, nor who this camera is.
      assert.is(status.heartbeat.bootCount, 0);
      const good = JSON.stringify(PROVISIONING);
      await camera.type(`thicket.provision(${good})`, /Uncaught MODULE_MISSING: vault/);
      assert.is(status.heartbeat.totalVars, TOTAL_VARIABLES);
      assert.ok(TOTAL_VARIABLES - status.heartbeat.freeVars < VARIABLES_MAX);
    }));

  test(`${name}: a test shot becomes an observation with a picture, and every frame comes back`, () =>
    on(open, "native", async (camera) => {
      await camera.wait(/not provisioned/);
      await camera.type("thicket.trigger()", /observation 1-1 animal 85% elephant/);
      const last = await ask<{ mediaIDs: string[]; classifiedBy: string }>(
        camera,
        "thicket.last()",
      );
      assert.equal(last.mediaIDs, ["1-2"]);
      assert.is(last.classifiedBy, "fake_model");
      assert.is(await ask(camera, "native.lent"), 0);
    }));

  test(`${name}: refuses a bad provisioning by name, and remembers a good one over a restart`, () =>
    on(open, "native", async (camera) => {
      await camera.wait(/not provisioned/);
      const bad = JSON.stringify({ ...PROVISIONING, server: "http://host/path" });
      await camera.type(`thicket.provision(${bad})`, /Uncaught server must be http:\/\/host:port/);
      const good = JSON.stringify({ ...PROVISIONING, server: "http://127.0.0.1:1" });
      await camera.type(`thicket.provision(${good})`, /check-in failed/);
      await camera.type("thicket.trigger()", /observation 1-1/);
      await camera.restart();
      await camera.wait(/camera waterhole at Lowveld/);
      const status = await ask<ConsoleStatus>(camera, "thicket.status()");
      assert.is(status.cameraID, "cam-1");
      assert.is(status.heartbeat.bootCount, 2);
      assert.equal([status.heartbeat.queuedRecords, status.heartbeat.queuedMedia], [2, 1]);
    }));

  test(`${name}: a model that answers nonsense is set aside, and the picture kept`, () =>
    on(open, "native", async (camera) => {
      await camera.wait(/not provisioned/);
      await camera.type("native.lent={};native.output=7;thicket.trigger()", /model failed: /);
      await camera.wait(/observation 1-\d+ unclassified/);
      assert.is(await ask(camera, "thicket.status().heartbeat.state"), "degraded");
    }));

  test(`${name}: brings records and pictures to the server and takes its configuration`, () =>
    on(open, "native", async (camera, files) => {
      const fleet = new FleetFake(() => Date.now() / 1000);
      fleet.config = { version: 3, values: { burstCount: 1, burstVotes: 1 } };
      const server = await serveFleet(fleet);
      try {
        await camera.wait(/not provisioned/);
        await camera.type("thicket.trigger()", /observation 1-1/);
        const time = Math.round(Date.now() / 1000);
        const provisioning = { ...PROVISIONING, server: server.url, wifiSsid: "", time };
        await camera.type(`thicket.provision(${JSON.stringify(provisioning)})`, /check-in done/);
        assert.equal([...fleet.records.keys()], ["1-1", "1-2"]);
        const picture = Buffer.from(files["picture.jpg"] as Uint8Array).toString("latin1");
        assert.ok(fleet.stored.get("1-2") === picture);
        assert.is(await ask(camera, "thicket.config().values.burstCount"), 1);
        assert.is(await ask(camera, "thicket.status().heartbeat.queuedMedia"), 0);
      } finally {
        await server.close();
      }
    }));
}

test("emulator: a cycle and the memory stay within their budgets", async () => {
  const camera = emulated(await cameraFiles("native"));
  const { emulator } = camera;
  await camera.wait(/not provisioned/);
  const cost = async (wake: () => void, wanted: RegExp) => {
    const before = emulator.operations;
    wake();
    await camera.wait(wanted);
    return emulator.operations - before;
  };
  const unknown = await cost(
    () => emulator.console.write("thicket.trigger()\n"),
    /observation 1-1/,
  );
  // A minute of quiet, and the background is learnt.
  await emulator.run({ ms: 70_000 });
  const known = await cost(() => emulator.pins.drive("D14", 1), /observation 1-3/);
  console.log(`# operations: ${unknown} in seven views, ${known} around what moved`);
  console.log(`# variables: ${emulator.memory.usage} idle, ${emulator.memory.peak} at peak`);
  assert.ok(known < unknown && unknown <= CYCLE_OPERATIONS_MAX);
  assert.ok(emulator.memory.peak <= VARIABLES_MAX);
  assert.equal(emulator.missing, []);
  await camera.close();
});

test.run();
