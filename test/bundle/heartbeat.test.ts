/**
 * A heartbeat is the same 48 bytes on Node, on the emulator and on the real interpreter (when THICKET_ESPRUINO names it): packing
 * is arithmetic on large numbers, where interpreters differ.
 */
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../toolchain/bundle/bundle.ts";
import { ROOT, skip } from "../support/skip.ts";
import { ESPRUINO, onEmulator, onEspruino, onNode } from "./run-on.ts";

const ENTRY = join(ROOT, "test/fixtures/bundle/heartbeats.ts");

const { code = "" } = await compile(ENTRY, "esp32s3");
const expected = onNode(ENTRY);

test("forty heartbeats are packed on Node", () => {
  assert.is(expected.length, 41);
  assert.is(new Set(expected).size, 41);
});

test("they are the same bytes on the emulator", async () => {
  assert.equal(await onEmulator(code), expected);
});

test("they are the same bytes on the real interpreter", async () => {
  if (!ESPRUINO) return skip("real interpreter: THICKET_ESPRUINO is not set");
  assert.equal(await onEspruino(code), expected);
});

test.run();
