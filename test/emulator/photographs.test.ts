/** Photographs through the camera's own program on the emulator, and what the command says about folders it cannot use. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bundle } from "../../toolchain/bundle/bundle.ts";
import { readLabels, scorePhotographs } from "../../toolchain/emulator/photograph-labels.ts";
import { runPhotographs } from "../../toolchain/emulator/photographs.ts";
import { ROOT, SHARED_DATA, skip } from "../support/skip.ts";

async function program(): Promise<string> {
  const { code } = await bundle({ entry: join(ROOT, "device/main.ts"), profile: false });
  return code;
}

async function withFolder(run: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "thicket-frames-"));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const plain = (colour: string) =>
  sharp({ create: { width: 320, height: 240, channels: 3, background: colour } })
    .png()
    .toBuffer();

const emulate = (...args: string[]) =>
  spawnSync(process.execPath, [join(ROOT, "toolchain/bin.js"), "emulate", ...args], {
    encoding: "utf8",
    cwd: ROOT,
  });

test("the camera judges every photograph of a folder, each as a scene of its own", () =>
  withFolder(async (folder) => {
    // More than one camera takes, and the last equal to the first: what came between must leave no trace.
    const colours = ["#806040", "#305030", "#c0c0c0", "#101010", "#4060a0", "#806040"];
    for (const [i, colour] of colours.entries())
      writeFileSync(join(folder, `p${i}.png`), await plain(colour));
    const shown: string[] = [];
    const report = await runPhotographs({
      folder,
      app: await program(),
      onProgress: (_done, _total, name) => shown.push(name),
    });
    assert.equal(shown, ["p0.png", "p1.png", "p2.png", "p3.png", "p4.png", "p5.png"]);
    assert.equal(
      report.detections.map(({ frame }) => frame),
      shown,
    );
    assert.is(report.cycles, 6);
    assert.is(report.frames, 18);
    const [first, last] = [report.detections[0]!, report.detections[5]!];
    assert.equal({ ...last, frame: "" }, { ...first, frame: "" });
    for (const { observationType, probability } of report.detections) {
      assert.ok(["animal", "human", "vehicle", "blank", "unknown"].includes(observationType));
      assert.ok(probability >= 0 && probability <= 1);
    }
    assert.ok(report.jsvarsPeak > 1000 && report.jsvarsPeak < 6000, `${report.jsvarsPeak} JsVars`);
  }));

test("photographs reach the accuracy of the model card through the whole camera", async () => {
  if (!SHARED_DATA) return skip("photographs through the camera: no ../shared/data");
  const folder = join(SHARED_DATA, "images/dev");
  const { detections } = await runPhotographs({ folder, app: await program() });
  const score = scorePhotographs(detections, readLabels(folder)!);
  assert.is(score.labelled, 45);
  assert.ok(Math.abs(score.right - 33) <= 1, `${score.right} of 45 right, card 33 (0.733)`);
});

test("emulate --frames refuses a folder without pictures, a missing one and a broken picture", () =>
  withFolder((folder) => {
    const empty = emulate("--frames", folder);
    assert.is(empty.status, 3, empty.stderr);
    assert.match(empty.stderr, "holds no photographs");
    assert.is(emulate("--frames", join(folder, "nowhere")).status, 3);
    writeFileSync(join(folder, "broken.jpg"), "\xff\xd8\xff no picture");
    const broken = emulate("--frames", folder, "--json");
    assert.is(broken.status, 3, broken.stderr);
    assert.match(broken.stderr, "broken.jpg is not a readable picture");
    assert.is(broken.stdout, "");
    assert.not.match(broken.stderr, "    at ");
  }));

test.run();
