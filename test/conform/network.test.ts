/** The network programs on the emulator and, when THICKET_ESPRUINO names it, on the real interpreter. */
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { skip } from "../support/skip.ts";
import { NETWORK_CASE_MS, NETWORK_CASES } from "./network-cases.ts";
import { boardOutput, REAL, realOutput } from "./real-interpreter.ts";

const EXPECTED: Record<string, string> = JSON.parse(
  readFileSync(new URL("network-expected.json", import.meta.url), "utf8"),
);

for (const [name, program] of Object.entries(NETWORK_CASES)) {
  test(`the emulator prints what the real interpreter prints: ${name}`, async () => {
    assert.type(EXPECTED[name], "string", "not recorded");
    assert.is(await boardOutput(program, NETWORK_CASE_MS), EXPECTED[name]);
  });
}

test("the real interpreter still prints what was recorded", () => {
  if (!REAL) return skip("network cases on the real interpreter: THICKET_ESPRUINO is not set");
  for (const [name, program] of Object.entries(NETWORK_CASES)) {
    assert.is(realOutput(REAL, program, NETWORK_CASE_MS), EXPECTED[name], name);
  }
});

test.run();
