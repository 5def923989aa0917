/** `toolchain model` as a user types it: reports, results, mistakes and exit codes. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ROOT, SHARED_DATA, skip } from "../support/skip.ts";
import { MODEL, withUnknownOperator } from "../support/unsupported-model.ts";

const INPUT_BYTES = 96 * 96 * 3;

const toolchain = (...args: string[]) =>
  spawnSync(process.execPath, [join(ROOT, "toolchain/bin.js"), "model", ...args], {
    encoding: "utf8",
  });

function folder(files: Record<string, Uint8Array> = {}): string {
  const path = mkdtempSync(join(tmpdir(), "thicket-model-"));
  for (const [name, data] of Object.entries(files)) writeFileSync(join(path, name), data);
  return path;
}

/** One error line and perhaps a hint; no stack. */
function assertOneLine(stderr: string, pattern: RegExp): void {
  const lines = stderr.trim().split("\n");
  assert.match(lines[0] ?? "", pattern);
  assert.ok(lines.length <= 2 && !stderr.includes("    at "), stderr);
}

test("check shows operators, shapes, arena and a labelled estimate", () => {
  const { stdout, status } = toolchain("check", MODEL);
  assert.is(status, 0);
  assert.match(stdout, /^input +INT8 1x96x96x3, 27,648 bytes, scale 0.003922 zero -128$/m);
  assert.match(stdout, /^ 0 +CONV_2D +INT8 1x48x48x16 .* 995,328 /m);
  assert.match(stdout, /^23 +SOFTMAX +INT8 1x6/m);
  assert.match(stdout, /arena [\d,]+ bytes, 9\.92 million multiply-adds/);
  assert.match(stdout, /esp32 \d+ ms, esp32s3 \d+ ms \(estimate: .*not measured\)/);
});

test("check --json prints one object with the same", () => {
  const { stdout, status } = toolchain("check", MODEL, "--json");
  assert.is(status, 0);
  const report = JSON.parse(stdout);
  assert.is(report.runs, true);
  assert.is(report.ops.length, 24);
  assert.is(report.macs, 9_921_888);
  assert.equal(report.inputs[0].shape, [1, 96, 96, 3]);
  assert.equal(report.problems, []);
});

test("check --layers times every operator on the wasm, and the shares add up", () => {
  const { stdout, status } = toolchain("check", MODEL, "--layers");
  assert.is(status, 0);
  assert.match(stdout, /^ 0 +CONV_2D +\d+\.\d +\d+\.\d +995,328$/m);
  assert.match(stdout, /^all operators \d+\.\d\d ms: wasm on this machine/m);
  const { layers } = JSON.parse(toolchain("check", MODEL, "--layers", "--json").stdout);
  assert.is(layers.length, 24);
  assert.ok(layers.every(({ us }: { us: number }) => us > 0));
  const share = layers.reduce(
    (sum: number, layer: { sharePct: number }) => sum + layer.sharePct,
    0,
  );
  assert.ok(Math.abs(share - 100) < 0.01, `${share} %`);
  assertOneLine(toolchain("run", MODEL, "--layers").stderr, /--layers belongs to model check/);
});

test("check names the operator that will not run, shows the others, and exits 3", () => {
  const dir = folder({ "odd.tflite": withUnknownOperator() });
  const text = toolchain("check", join(dir, "odd.tflite"));
  assert.is(text.status, 3);
  assert.match(text.stdout, /CONV_2D/);
  assert.match(text.stdout, /^will not run: MODEL_OP: operator 23 \(STRIDED_SLICE\)/m);
  assertOneLine(text.stderr, /odd\.tflite will not run: MODEL_OP: operator 23 \(STRIDED_SLICE\)/);
  const json = toolchain("check", join(dir, "odd.tflite"), "--json");
  assert.is(json.status, 3);
  const report = JSON.parse(json.stdout);
  assert.is(report.runs, false);
  assert.is(report.ops.filter((op: { problem?: string }) => op.problem).length, 1);
});

test("check refuses what is no model, and a damaged one, with one line and exit 3", () => {
  const whole = readFileSync(MODEL);
  const dir = folder({
    "text.tflite": Buffer.from("hello"),
    "empty.tflite": Buffer.alloc(0),
    "cut.tflite": whole.subarray(0, 200_000),
  });
  for (const [name, code] of [
    ["text.tflite", "MODEL_FORMAT"],
    ["empty.tflite", "MODEL_FORMAT"],
    ["cut.tflite", "MODEL_BOUNDS"],
  ] as const) {
    const { status, stderr } = toolchain("check", join(dir, name));
    assert.is(status, 3, name);
    assertOneLine(stderr, new RegExp(`${name} will not run: ${code}: `));
  }
  const missing = toolchain("check", join(dir, "absent.tflite"));
  assert.is(missing.status, 3);
  assertOneLine(missing.stderr, /cannot read .*absent\.tflite: no such file/);
});

test("run writes the raw outputs of every sample", () => {
  const dir = folder({ "in.raw": Buffer.alloc(2 * INPUT_BYTES, 128) });
  const { status, stdout } = toolchain(
    ...["run", MODEL, "--input", join(dir, "in.raw"), "--output", join(dir, "out.raw"), "--json"],
  );
  assert.is(status, 0);
  const report = JSON.parse(stdout);
  assert.is(report.samples, 2);
  const out = readFileSync(join(dir, "out.raw"));
  assert.is(out.length, 12);
  assert.ok(out.subarray(0, 6).equals(out.subarray(6)));
  assert.equal(
    report.values[0],
    [...out.subarray(6)].map((_, i) => (out.readInt8(6 + i) + 128) / 256),
  );
});

test("run refuses an input of the wrong size and leaves what was there", () => {
  const dir = folder({ "in.raw": Buffer.alloc(100), "out.raw": Buffer.from("old") });
  const { status, stderr } = toolchain(
    ...["run", MODEL, "--input", join(dir, "in.raw"), "--output", join(dir, "out.raw")],
  );
  assert.is(status, 3);
  assertOneLine(
    stderr,
    /the input has 100 bytes, but one sample of this model takes 27648 \(INT8 1x96x96x3\)/,
  );
  assert.is(readFileSync(join(dir, "out.raw"), "utf8"), "old");
  assert.equal(readdirSync(dir).sort(), ["in.raw", "out.raw"]);
});

test("run says where it cannot write, and leaves nothing behind", () => {
  const dir = folder({ "in.raw": Buffer.alloc(INPUT_BYTES) });
  const { status, stderr } = toolchain(
    ...["run", MODEL, "--input", join(dir, "in.raw"), "--output", join(dir, "no", "out.raw")],
  );
  assert.is(status, 3);
  assertOneLine(stderr, /cannot write .*out\.raw: no such file or folder/);
  assert.equal(readdirSync(dir), ["in.raw"]);
});

test("exits 2 on a wrong command line", () => {
  for (const args of [[], ["check"], ["paint", MODEL], ["check", MODEL, MODEL], ["run", MODEL]]) {
    const { status, stderr } = toolchain(...args);
    assert.is(status, 2, args.join(" "));
    assertOneLine(stderr, /model/);
  }
});

test("run reproduces a golden file", () => {
  if (!SHARED_DATA) return skip("golden through the command: no ../shared/data/models");
  const models = join(SHARED_DATA, "models");
  const dir = folder();
  const { status } = toolchain(
    ...["run", join(models, "kws_ref_model.tflite")],
    ...["--input", join(models, "golden/kws_ref_model.in.raw"), "--output", join(dir, "out.raw")],
  );
  assert.is(status, 0);
  assert.ok(
    readFileSync(join(dir, "out.raw")).equals(
      readFileSync(join(models, "golden/kws_ref_model.out.raw")),
    ),
  );
});

test.run();
