/** The language cases on the engine and, when THICKET_ESPRUINO names it, on the real interpreter. */
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { skip } from "../support/skip.ts";
import { LANGUAGE_CASES } from "./language-cases.ts";
import { engineOutput, REAL, realOutput } from "./real-interpreter.ts";

const EXPECTED: Record<string, string> = JSON.parse(
  readFileSync(new URL("language-expected.json", import.meta.url), "utf8"),
);

for (const [name, program] of Object.entries(LANGUAGE_CASES)) {
  test(`engine prints what the real interpreter prints: ${name}`, () => {
    assert.type(EXPECTED[name], "string", "not recorded");
    assert.is(engineOutput(program), EXPECTED[name]);
  });
}

test("the real interpreter still prints what was recorded", () => {
  if (!REAL) return skip("language cases on the real interpreter: THICKET_ESPRUINO is not set");
  for (const [name, program] of Object.entries(LANGUAGE_CASES)) {
    assert.is(realOutput(REAL, program), EXPECTED[name], name);
  }
});

test.run();
