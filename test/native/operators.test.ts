/**
 * The wasm's vector code against the C code that gcc compiled: the operator tests of native/test (odd channel counts, every
 * padding, shifts in both directions) write their cases down, and the wasm must give the same bytes.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openModel } from "../../native/port/wasm/model.ts";
import { loadThicket } from "../../native/port/wasm/thicket.ts";
import { ROOT, skip } from "../support/skip.ts";

const has = (program: string) => spawnSync(program, ["--version"]).status === 0;
const CASES = 40;

for (const program of ["test_conv", "test_elementwise"]) {
  test(`gives the bytes of the C build on every case of ${program}`, () => {
    if (!has("gcc") || !has("make"))
      return skip(`operators in wasm (${program}): no gcc or no make here`);
    const build = join("build", "emit");
    const made = spawnSync(
      "make",
      ["-C", join(ROOT, "native"), `BUILD=${build}`, "SANITIZE=-O1", `${build}/${program}`],
      { encoding: "utf8" },
    );
    assert.is(made.status, 0, made.stderr);
    const dir = mkdtempSync(join(tmpdir(), "thicket-ops-"));
    const file = join(dir, "cases");
    const run = spawnSync(join(ROOT, "native", build, program), [String(CASES)], {
      encoding: "utf8",
      env: { ...process.env, THICKET_EMIT: file },
    });
    assert.is(run.status, 0, run.stderr);
    assert.ok(existsSync(file));
    const cases = readFileSync(file);
    rmSync(dir, { recursive: true });
    assert.ok(compareAll(cases) >= 4 * CASES);
  });
}

/** @returns number of cases, all of which gave the same output. */
function compareAll(cases: Buffer): number {
  const thicket = loadThicket();
  let at = 0;
  let count = 0;
  const take = (bytes: number) => {
    at += bytes;
    return cases.subarray(at - bytes, at);
  };
  while (at < cases.length) {
    const [file = 0, input = 0, output = 0] = [0, 4, 8].map((offset) =>
      cases.readUInt32LE(at + offset),
    );
    at += 12;
    const model = openModel(thicket, take(file));
    thicket.bytes(model.inputs[0]!.pointer, input).set(take(input));
    model.invoke();
    const got = Buffer.from(thicket.bytes(model.outputs[0]!.pointer, output));
    assert.is(got.toString("hex"), take(output).toString("hex"), `case ${count}`);
    model.close();
    count++;
  }
  return count;
}

test.run();
