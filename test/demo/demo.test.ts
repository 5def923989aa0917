/**
 * The main job end to end: emulated cameras with the built bundle, provisioned over their consoles, a real server
 * process on a real socket, which is killed without warning while they report.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bundle } from "../../toolchain/bundle/bundle.ts";
import { DEVICE_PROGRAM } from "../../toolchain/bundle/device-program.ts";
import { type DemoView, startDemo } from "../../toolchain/demo/demo.ts";
import type { Io } from "../../toolchain/log.ts";

const quiet: Io = {
  out() {},
  note() {},
  progress() {},
  signal: new AbortController().signal,
  isTerminal: false,
};

async function live(
  hours: number,
  cameras: number,
  seed: number,
  onStep: (view: DemoView) => void,
) {
  const { code } = await bundle({ entry: DEVICE_PROGRAM });
  const demo = await startDemo({ cameras, hours, seed, port: 0, code }, quiet);
  try {
    return await demo.live(onStep);
  } finally {
    await demo.stop();
  }
}

/** False when the process is already gone. */
function killNow(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}

test("every detection of a quiet day reaches the database once, with its pictures", async () => {
  const result = await live(4, 2, 3, () => {});
  assert.ok(result.made > 0, "nobody walked by");
  assert.is(result.stored, result.made);
  assert.equal([result.missing, result.surplus], [[], []]);
  assert.is(result.picturesStored, result.pictures);
  assert.ok(result.pictures > 0);
  assert.ok(result.jsvarsPeak <= 6000, `${result.jsvarsPeak} JsVars`);
});

test("a server killed again and again loses nothing that was acknowledged", async () => {
  const killAt = [37, 83, 131, 171, 222];
  let step = 0;
  let killed = 0;
  const result = await live(5, 3, 11, ({ serverPid }) => {
    step++;
    if (step < (killAt[0] ?? Number.POSITIVE_INFINITY) || serverPid === undefined) return;
    if (killNow(serverPid)) {
      killAt.shift();
      killed++;
    }
  });
  assert.ok(killed >= 3, `only ${killed} kills`);
  assert.ok(result.serverRestarts >= 3);
  assert.ok(result.made > 5);
  assert.is(result.stored, result.made);
  assert.equal([result.missing, result.surplus], [[], []]);
  assert.is(result.picturesStored, result.pictures);
});

test.run();
