/** Photographs before the lens: decoding, size, orientation, and one clear line for what cannot be shown. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  decodePhotograph,
  listPhotographs,
  PhotographSource,
} from "../../../toolchain/emulator/native/photographs.ts";
import { readLabels, scorePhotographs } from "../../../toolchain/emulator/photograph-labels.ts";
import { isAppError } from "../../../toolchain/errors.ts";

const VGA = { width: 640, height: 480 };

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "thicket-photographs-"));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const picture = (width: number, height: number, colour: string) =>
  sharp({ create: { width, height, channels: 3, background: colour } });

async function refusal(
  run: () => unknown,
): Promise<{ code: string; exitCode: number; text: string }> {
  try {
    await run();
  } catch (error) {
    assert.ok(isAppError(error), String(error));
    return { code: error.code, exitCode: error.exitCode, text: error.message };
  }
  return assert.unreachable("nothing was thrown") as never;
}

test("lists pictures of a folder in order and nothing else", () =>
  withFolder(async (folder) => {
    for (const name of ["b.JPG", "a.png", "c.jpeg", "notes.txt", ".hidden.jpg"])
      writeFileSync(join(folder, name), "x");
    assert.equal(listPhotographs(folder), ["a.png", "b.JPG", "c.jpeg"]);
  }));

test("refuses a folder without pictures or that is not there, with exit code 3", () =>
  withFolder(async (folder) => {
    const empty = await refusal(() => listPhotographs(folder));
    assert.is(empty.code, "NO_PICTURES");
    assert.is(empty.exitCode, 3);
    assert.match(empty.text, folder);
    const missing = await refusal(() => listPhotographs(join(folder, "nowhere")));
    assert.match(missing.text, "does not exist");
    writeFileSync(join(folder, "file"), "x");
    assert.is((await refusal(() => listPhotographs(join(folder, "file")))).code, "NO_PICTURES");
  }));

test("refuses a corrupt or cut-off picture in one line that names it", () =>
  withFolder(async (folder) => {
    const jpeg = await picture(200, 150, "#3a6").jpeg().toBuffer();
    writeFileSync(join(folder, "noise.jpg"), "this is no picture");
    writeFileSync(join(folder, "cut.jpg"), jpeg.subarray(0, jpeg.length - 200));
    writeFileSync(join(folder, "empty.jpg"), "");
    for (const name of ["noise.jpg", "cut.jpg", "empty.jpg"]) {
      const { code, exitCode, text } = await refusal(() =>
        decodePhotograph(join(folder, name), VGA),
      );
      assert.is(code, "BAD_PICTURE");
      assert.is(exitCode, 3);
      assert.match(text, name);
      assert.not.match(text, "\n");
    }
  }));

test("scales down to the sensor's size, keeps proportions, enlarges nothing", () =>
  withFolder(async (folder) => {
    const rows: [number, number, number, number][] = [
      [1600, 1200, 640, 480],
      [2000, 500, 640, 160],
      [300, 1200, 120, 480],
      [100, 80, 100, 80],
    ];
    for (const [width, height, wantWidth, wantHeight] of rows) {
      const file = join(folder, "p.png");
      await picture(width, height, "#ff0000").toFile(file);
      const decoded = await decodePhotograph(file, VGA);
      assert.equal([decoded.width, decoded.height], [wantWidth, wantHeight]);
      assert.equal([...decoded.rgb.subarray(0, 3)], [255, 0, 0]);
    }
  }));

test("turns a picture as its EXIF orientation says", () =>
  withFolder(async (folder) => {
    const file = join(folder, "turned.jpg");
    await picture(200, 100, "#888").withMetadata({ orientation: 6 }).jpeg().toFile(file);
    const { width, height } = await decodePhotograph(file, VGA);
    assert.equal([width, height], [100, 200]);
  }));

test("delivers grey and transparent files as colour", () =>
  withFolder(async (folder) => {
    const file = join(folder, "p.png");
    await picture(8, 8, "#808080").toColourspace("b-w").png().toFile(file);
    assert.is((await decodePhotograph(file, VGA)).rgb.length, 8 * 8 * 3);
    const clear = { width: 8, height: 8, channels: 4 as const, background: "#ff000000" };
    await sharp({ create: clear }).png().toFile(file);
    assert.equal([...(await decodePhotograph(file, VGA)).rgb.subarray(0, 3)], [128, 128, 128]);
  }));

test("shows the chosen photograph as RGB565, high byte first", () =>
  withFolder(async (folder) => {
    await picture(4, 4, "#ff0000").toFile(join(folder, "a.png"));
    await picture(4, 4, "#00ff00").toFile(join(folder, "b.png"));
    const source = new PhotographSource(folder);
    const first = await source.next(0, VGA);
    assert.equal([...first.rgb565.subarray(0, 2)], [0xf8, 0x00]);
    assert.is(first.name, "a.png");
    source.show("b.png");
    const second = await source.next(0, VGA);
    assert.equal([...second.rgb565.subarray(0, 2)], [0x07, 0xe0]);
  }));

test("scores photographs by group, with quoted fields in the labels", () =>
  withFolder(async (folder) => {
    assert.is(readLabels(folder), undefined);
    writeFileSync(
      join(folder, "labels.csv"),
      'file,label,group\r\na.jpg,"deer, ""buck""",animal\r\nb.jpg,,blank\r\nc.jpg,car,vehicle\r\n',
    );
    const labels = readLabels(folder)!;
    assert.equal(
      [...labels],
      [
        ["a.jpg", "animal"],
        ["b.jpg", "blank"],
        ["c.jpg", "vehicle"],
      ],
    );
    const result = (frame: string, observationType: "animal" | "blank") => ({
      frame,
      observationType,
      scientificName: "",
      probability: 1,
      bbox: null,
    });
    const score = scorePhotographs(
      [result("a.jpg", "animal"), result("b.jpg", "animal"), result("x.jpg", "blank")],
      labels,
    );
    assert.is(score.labelled, 2);
    assert.is(score.accuracy, 0.5);
    assert.is(score.balanced, 0.5);
    assert.equal(score.confusion, { animal: { animal: 1 }, blank: { animal: 1 } });
    writeFileSync(join(folder, "labels.csv"), "name,kind\n");
    assert.is((await refusal(() => readLabels(folder))).code, "BAD_LABELS");
  }));

test.run();
