/**
 * Programs that use what TypeScript offers print the same on Node (the source) and on the camera (the bundle): on the
 * emulator always, on the real interpreter when THICKET_ESPRUINO names it.
 */
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../toolchain/bundle/bundle.ts";
import { findingText } from "../../toolchain/bundle/findings.ts";
import { ROOT, skip } from "../support/skip.ts";
import { ESPRUINO, onEmulator, onEspruino, onNode } from "./run-on.ts";

const ENTRY = join(ROOT, "test/fixtures/bundle/programs/main.ts");

const compiled = await compile(ENTRY, "esp32s3");
const expected = onNode(ENTRY);

test("accepts every program", () => {
  assert.is(findingText(compiled.findings), "");
});

test("the programs reach their end on Node", () => {
  assert.is(expected[expected.length - 1], "end");
  assert.ok(expected.length > 100, `${expected.length} lines`);
});

test("prints the same on the emulator", async () => {
  assert.equal(await onEmulator(compiled.code ?? ""), expected);
});

test("prints the same on the real interpreter", async () => {
  if (!ESPRUINO) return skip("real interpreter: THICKET_ESPRUINO is not set");
  assert.equal(await onEspruino(compiled.code ?? ""), expected);
});

test.run();
