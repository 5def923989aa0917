/**
 * `toolchain setup` as a person and as a script meet it: in a real pseudo-terminal and without one, with an emulated
 * camera on TCP and a real server.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bundle } from "../../toolchain/bundle/bundle.ts";
import { DEVICE_PROGRAM } from "../../toolchain/bundle/device-program.ts";
import { liveInRealTime, serveConsole } from "../../toolchain/emulator/console-server.ts";
import { Emulator } from "../../toolchain/emulator/emulator.ts";
import { WIRING } from "../../toolchain/emulator/wiring.ts";
import { createWorld } from "../../toolchain/emulator/world/world.ts";
import { EXIT } from "../../toolchain/errors.ts";
import { getJson, type TestFleet, temporaryFolder, withFleet } from "../fleet/support/fleet.ts";
import { HAS_PTY, inTerminal, type Terminal } from "../support/pty.ts";
import { skip } from "../support/skip.ts";
import { assertRefused, toolchain, toolchainHere } from "../support/toolchain.ts";

interface Field {
  cwd: string;
  fleet: TestFleet;
  /** --port and --server. */
  args: string[];
  env: Record<string, string>;
  get(path: string): ReturnType<typeof getJson>;
  walkPast(): void;
}

/** A camera with its program, its console on TCP, living in real time; a server; a folder to work in. */
async function withField(body: (field: Field) => Promise<void>): Promise<void> {
  const cwd = temporaryFolder();
  // Whether the program keeps its budget is asked elsewhere.
  const { code } = await bundle({ entry: DEVICE_PROGRAM, profile: false });
  // Always the same hour, and nobody passes by unasked: what is drawn now would depend on when the test runs.
  const startMs = Date.UTC(2026, 5, 1, 8);
  const place = { latitude: -24.99, longitude: 31.55, seed: 1, startMs, hours: 1 };
  const world = { ...createWorld(place), events: [] };
  const emulator = Emulator.boot({ app: code, startMs, world, network: { allow: () => true } });
  await emulator.run({ ms: 5000 });
  const served = await serveConsole(emulator, 0);
  const stop = new AbortController();
  const life = liveInRealTime(emulator, stop.signal);
  try {
    await withFleet(async (fleet) => {
      await body({
        ...{ cwd, fleet, env: { THICKET_TOKEN: fleet.token } },
        args: [
          "--port",
          `tcp://127.0.0.1:${served.port}`,
          "--server",
          fleet.url,
          "--token",
          fleet.token,
        ],
        get: (path) => getJson(fleet, path),
        walkPast() {
          emulator.pins.drive(WIRING.esp32s3.motionPin, 1);
          emulator.pins.at(emulator.nowMs + 2000, () =>
            emulator.pins.drive(WIRING.esp32s3.motionPin, 0),
          );
        },
      });
    });
  } finally {
    stop.abort();
    await life;
    await served.close();
    rmSync(cwd, { recursive: true, force: true });
  }
}

async function answer(terminal: Terminal, dialogue: [RegExp, string][]): Promise<void> {
  for (const [question, keys] of dialogue) {
    await terminal.sees(question);
    terminal.type(keys);
  }
}

test("a person sets a camera up by keys, tries a failed step again, goes on later; a script repeats it", async () => {
  if (!HAS_PTY) return skip("setup in a terminal: python3 has no pty here");
  await withField(async ({ cwd, args, env, get, walkPast }) => {
    // Ctrl-C at a question: nothing is left behind.
    const stopped = inTerminal(["setup", ...args], cwd, env);
    await stopped.sees(/provision: [\s\S]*site: $/);
    stopped.type("\x03");
    assert.is(await stopped.ended, EXIT.interrupted, stopped.text());
    // And while it waits.
    const waiting = inTerminal(["setup", ...args, "--only", "pir"], cwd, env);
    await waiting.sees(/walk past the camera now/);
    waiting.type("\x03");
    assert.is(await waiting.ended, EXIT.interrupted, waiting.text());
    assert.equal((await get("/api/v1/lives")).cameras, []);
    assert.equal((await get("/api/v1/claims")).claims, []);

    writeFileSync(join(cwd, "a.json"), '{"site": "ridge", "pir.waitS": 1}');
    const steps = ["--skip", "self-test,check-in", "--answers", "a.json"];
    const person = inTerminal(["setup", ...args, ...steps], cwd, env);
    await answer(person, [
      [/name of the camera: $/, "hide\r"],
      [/group \(Enter: none\): $/, "\r"],
      [/latitude, .*: $/, "-95\r"],
      [/a number from -90 to 90\s+latitude, .*: $/, "-24.99\r"],
      [/longitude, .*: $/, "31.55\r"],
      [/Wi-Fi network .*: $/, "\r"],
      [/✓ hide \(cam-\w+\) at ridge\n/, ""],
      [
        /file:\/\/\S+aim\.jpg\n.*the model says \w+ \d+%[\s\S]*n takes another picture \[Y\/n\]: $/,
        "n\r",
      ],
      [/n takes another picture \[Y\/n\]: $/, "y\r"],
      [/✗ nothing noticed within 1 s\n.*\nr retry, s skip, q quit and go on later \[r\]: $/, "r\r"],
      [/seconds to wait .*\[60\]: $/, "\r"],
      [/walk past the camera now, within 60 s/, ""],
    ]);
    walkPast();
    await person.sees(/✓ noticed after \d+ s: \w+ \d+%/);
    assert.is(await person.ended, EXIT.ok, person.text());
    assert.match(person.text(), /– not measured by this board/);
    assert.match(person.text(), /(?:[ .:=+*#%@-]{72}\n){10}/, "a picture is drawn");
    const [camera] = (await get("/api/v1/cameras")).cameras;
    assert.equal([camera.name, camera.site, camera.latitude], ["hide", "ridge", -24.99]);
    const jpeg = readFileSync(join(cwd, `${camera.cameraID}-aim.jpg`));
    assert.is(jpeg.subarray(0, 3).toString("hex"), "ffd8ff");

    // A script finds what is done, and does the rest.
    const card = ["--card", "card.html", "--json"];
    const script = await toolchainHere(["setup", ...args, "--yes", ...card], cwd);
    assert.is(script.status, EXIT.ok, script.stderr);
    const result = JSON.parse(script.stdout);
    assert.equal([result.name, result.isFailed, result.by], ["hide", false, "operator"]);
    assert.equal(result.position, { latitude: -24.99, longitude: 31.55 });
    const stateOf = (name: string) =>
      result.checks.find(({ step }: { step: string }) => step === name)?.state;
    assert.equal(["aim", "pir", "battery", "self-test", "check-in"].map(stateOf), [
      "passed",
      "passed",
      "skipped",
      "passed",
      "passed",
    ]);
    const html = readFileSync(join(cwd, "card.html"), "utf8");
    for (const text of [
      "hide",
      camera.cameraID,
      "ridge",
      "-24.99, 31.55",
      result.fingerprint,
      "operator",
    ])
      assert.ok(html.includes(text), text);
    assert.match(html, /<svg[\s\S]*self-test<\/th><td>✓ passed/);
    assert.not.match(html, /<script|src=|<link/);
    const { checklist } = await get(`/api/v1/cameras/${camera.cameraID}/checklist`);
    assert.equal(checklist.checks, result.checks);
    const life = await get(`/api/v1/cameras/${camera.cameraID}/life`);
    assert.is(life.deployments.length, 1);
    const shown = await toolchainHere(["camera", "show", "hide", ...args.slice(2)], cwd);
    const isShown = /set up by operator, .*:\n +. port[\s\S]* check-in /.test(shown.stdout);
    assert.ok(isShown, `${shown.stdout}${shown.stderr}`);

    // A check that fails to the end.
    const given = ["--only", "pir", "--answers", "a.json", "--yes"];
    const failing = await toolchainHere(["setup", ...args, ...given], cwd);
    assert.is(failing.status, EXIT.device, failing.stderr);
    assert.match(failing.stdout, /✗ pir +nothing noticed within 1 s/);
  });
});

test("without a terminal and without answers it says so; a camera that is not there costs nothing", async () => {
  await withFleet(async (fleet) => {
    const cwd = fleet.dataDir;
    const server = ["--server", fleet.url, "--token", fleet.token];
    assertRefused(
      await toolchain(["setup", ...server], { cwd }),
      EXIT.usage,
      /nobody is at a terminal/,
    );
    const absent = ["--yes", "--port", "tcp://127.0.0.1:1"];
    const ended = await toolchainHere(["setup", ...server, ...absent], cwd);
    assertRefused(ended, EXIT.noDevice, /nothing answers at tcp:\/\/127\.0\.0\.1:1/);
  });
});

test.run();
