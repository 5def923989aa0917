/** Random programs print, and leave in use, what the real interpreter recorded (test/fuzz). */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { onEmulator } from "../fuzz/batch.ts";
import { readCorpus } from "../fuzz/corpus.ts";
import { generate } from "../fuzz/generator.ts";

test("random programs print what the real interpreter printed and leave as many JsVars in use", async () => {
  const corpus = readCorpus();
  assert.ok(corpus.length >= 500, "the corpus is there");
  const outcomes = await onEmulator(corpus.map(({ program }) => program));
  for (const [i, { program, output, usage }] of corpus.entries()) {
    assert.is(outcomes[i]?.output, output, program.text);
    assert.is(outcomes[i]?.usage, usage, `JsVars after: ${program.text}`);
  }
});

test("the same seed gives the same program", () => {
  assert.equal(generate(7), generate(7));
  assert.is.not(generate(7).text, generate(8).text);
});

test.run();
