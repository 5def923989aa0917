/**
 * An emulated camera on TCP as a user meets it: `emulate --tcp` in one terminal, `upload`, `provision` and `serve` in
 * others. Also what must not be left behind when one of them fails.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EXIT } from "../../toolchain/errors.ts";
import { assertRefused, type Started, start, toolchain } from "../support/toolchain.ts";

/** A camera and a server, each its own process, and a folder to work in. */
interface Field {
  cwd: string;
  port: string;
  url: string;
  token: string;
  camera: Started;
  get(path: string): Promise<Response>;
}

async function withField(emulate: string[], body: (field: Field) => Promise<void>): Promise<void> {
  const cwd = mkdtempSync(join(tmpdir(), "thicket-field-"));
  writeFileSync(join(cwd, "quiet.js"), "1;");
  const serve = start(["serve", "--port", "0", "--data", "fleet"], { cwd });
  const camera = start(["emulate", "--tcp", "0", ...emulate], { cwd });
  try {
    const [, url = ""] = await serve.says(/fleet server +(\S+)/);
    const [, token = ""] = await serve.says(/token +(\S+)\n/);
    const [, port = ""] = await camera.says(/console of the emulated camera on (\S+);/);
    const authorization = `Bearer ${token}`;
    const get = (path: string) => fetch(url + path, { headers: { authorization } });
    await body({ cwd, port, url, token, camera, get });
    assert.is(await camera.stop(), EXIT.ok, camera.stderr());
    assert.is(await serve.stop(), EXIT.ok, serve.stderr());
  } finally {
    await Promise.all([camera.stop(), serve.stop()]);
    rmSync(cwd, { recursive: true });
  }
}

interface CameraAnswer {
  name: string;
  status: string;
  latitude: number | null;
  heartbeat: { appVersion: string; batteryMv: number; droppedRecords: number } | null;
}

const cameras = async ({ get }: Field): Promise<CameraAnswer[]> =>
  ((await (await get("/api/v1/cameras")).json()) as { cameras: CameraAnswer[] }).cameras;

test("provision registers the camera, it checks in and is green; a refusal leaves nothing registered", async () => {
  await withField([], async (field) => {
    const { cwd, port, url, token } = field;
    const provision = (given: Record<string, string>) => {
      const options = { port, server: url, name: "cam-1", site: "ridge", ...given };
      const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
      return toolchain(["provision", ...args], {
        cwd,
        env: { THICKET_TOKEN: given.token ?? token },
      });
    };
    const server = url.replace("127.0.0.1", "localhost");
    assertRefused(await provision({ token: "wrong" }), EXIT.network, /refuses this operator token/);
    assertRefused(
      await provision({ server: "http://127.0.0.1:2" }),
      EXIT.network,
      /no fleet server answers at http:\/\/127\.0\.0\.1:2 \(ECONNREFUSED\)/,
    );
    assertRefused(await provision({ latitude: "100" }), EXIT.usage, /--latitude must be decimal/);
    // The server takes it, the camera does not: the registration is taken back.
    assertRefused(
      await provision({ "wifi-password": "x".repeat(64), server }),
      EXIT.device,
      /wifiPassword must be text of 0 to 63 characters/,
    );
    assert.equal(await cameras(field), []);

    const done = await provision({});
    assert.is(done.status, EXIT.ok, done.stderr);
    assert.match(done.stdout, /^cam-1 \(cam-\w{10}\) belongs to ridge and reports to http:/);
    let [camera] = await cameras(field);
    for (let turn = 0; turn < 200 && camera?.status !== "green"; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      [camera] = await cameras(field);
    }
    assert.is(camera?.status, "green", field.camera.stderr());
    assert.equal([camera?.name, camera?.latitude], ["cam-1", null]);
    assert.match(camera?.heartbeat?.appVersion ?? "", /^\d+\.\d+\.\d+$/);

    // Its numbers arrive as they were: no battery is measured here, and nothing was lost.
    assert.equal([camera?.heartbeat?.batteryMv, camera?.heartbeat?.droppedRecords], [0, 0]);

    const doctor = async (...args: string[]) => {
      const found = await toolchain(["doctor", ...args], { cwd, env: { THICKET_TOKEN: token } });
      assert.ok([EXIT.ok, EXIT.device].includes(found.status as 0), found.stderr);
      return found;
    };
    const asked = await doctor("--port", port);
    assert.match(asked.stdout, /^cam-1: \d+ of 100\n/);
    assert.match(asked.stdout, /^\+ Its self-test found nothing wrong\.$/m);
    const told = JSON.parse((await doctor("--camera", "cam-1", "--server", url, "--json")).stdout);
    assert.is(told.name, "cam-1");
    assert.is(told.score === 100, told.reasons.length === 0);
    const stranger = ["--camera", "cam-9", "--server", url, "--token", token];
    assertRefused(await toolchain(["doctor", ...stranger], { cwd }), EXIT.usage, /no camera is/);
    assertRefused(await toolchain(["doctor"], { cwd }), EXIT.usage, /one of --port and --camera/);

    const again = await provision({ name: "cam-2", latitude: "-24.9" });
    assert.is(again.status, EXIT.ok, again.stderr);
    assert.match(again.stderr, /it was cam-1 \(cam-\w+\) of http:.*; what it sent as that stays/);
    assert.is((await cameras(field)).find(({ name }) => name === "cam-2")?.latitude, -24.9);
  });
});

test("upload without a file puts the program into a slot, wins over a script before it, and is confirmed", async () => {
  await withField(["--app", "quiet.js"], async ({ cwd, port }) => {
    writeFileSync(join(cwd, "hello.js"), 'setInterval(() => print("hello"), 500);');
    const script = await toolchain(["upload", "hello.js", "--port", port], { cwd });
    assert.is(script.status, EXIT.ok, script.stderr);
    const upload = await toolchain(["upload", "--port", port, "--json"], { cwd });
    assert.is(upload.status, EXIT.ok, upload.stderr);
    assert.is(JSON.parse(upload.stdout).slot, "app");
    const again = await toolchain(["upload", "--port", port], { cwd });
    assert.match(again.stdout, /^program: \d+ bytes written, verified and running$/m, again.stderr);
  });
});

test("upload of a model takes its labels along, to where the camera looks for both, and starts it", async () => {
  await withField(["--app", "quiet.js"], async ({ cwd, port }) => {
    // A program that says what it finds, and how often it was started.
    const look = `const storage = require("Storage");
      const starts = Number(storage.read("starts") || 0) + 1;
      storage.write("starts", String(starts));
      setInterval(() => print("start", starts, JSON.stringify([storage.list(), storage.read("labels.txt")])), 300);`;
    writeFileSync(join(cwd, "look.js"), look);
    const script = await toolchain(["upload", "look.js", "--port", port], { cwd });
    assert.is(script.status, EXIT.ok, script.stderr);
    const monitor = start(["monitor", "--port", port], { cwd });
    const [, first] = await monitor.says(/start (\d+) \[/);
    await monitor.stop();
    writeFileSync(join(cwd, "mine.tflite"), Buffer.alloc(5000, 7));
    writeFileSync(join(cwd, "labels.txt"), "blank\nmoose\n");
    const upload = await toolchain(["upload", "mine.tflite", "--port", port], { cwd });
    assert.is(upload.status, EXIT.ok, upload.stderr);
    assert.match(
      upload.stdout,
      /^model\.tflite: 5000 bytes written and verified, the camera starts with it$/m,
    );
    const again = start(["monitor", "--port", port], { cwd });
    const [, second] = await again.says(
      /start (\d+) .*"labels\.txt","model\.tflite".*"blank\\nmoose\\n"/,
    );
    assert.is(Number(second), Number(first) + 1);
    assert.is(await again.stop(), EXIT.ok);
  });
});

test("upload writes a script that then runs, and monitor shows what it prints", async () => {
  await withField(["--app", "quiet.js"], async ({ cwd, port, url, token }) => {
    writeFileSync(
      join(cwd, "hello.ts"),
      'let count = 0;\nsetInterval(() => print("hello", ++count), 500);\n',
    );
    const upload = await toolchain(["upload", "hello.ts", "--port", port], { cwd });
    assert.is(upload.status, EXIT.ok, upload.stderr);
    assert.match(upload.stdout, /^\.bootcde: \d+ bytes written and verified$/m);
    const monitor = start(["monitor", "--port", port], { cwd });
    await monitor.says(/hello \d+\r?\n[\s\S]*hello \d+/);
    assert.is(await monitor.stop(), EXIT.ok);
    // What runs now is not Thicket's program: said before anything is registered.
    const args = ["--server", url, "--token", token, "--name", "a", "--site", "b"];
    const refused = await toolchain(["provision", "--port", port, ...args], { cwd });
    assertRefused(refused, EXIT.device, /does not run the Thicket program/);
  });
});

test.run();
