/** What the wizard takes for an answer, and its figures in words: tables, without a camera. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EXIT } from "../../toolchain/errors.ts";
import { createAsker } from "../../toolchain/setup/asker.ts";
import { sketch } from "../../toolchain/setup/sketch.ts";
import { isOlder } from "../../toolchain/setup/steps/software.ts";
import { batteryWords, clockWords, signalWords } from "../../toolchain/setup/words.ts";
import { temporaryFolder } from "../fleet/support/fleet.ts";
import { assertRefused, toolchainHere } from "../support/toolchain.ts";

for (const [text, problem] of [
  ["{", /a\.json: not JSON/],
  ["[]", /a\.json: not an object/],
  ['{"sight": "x"}', /no question has the key "sight"/],
  ['{"token": "x"}', /no question has the key "token"/],
  ['{"site": ""}', /"site" must be text of 1 to 40 bytes, not ""/],
  ['{"site": 4}', /"site" must be text of 1 to 40 bytes, not 4/],
  ['{"latitude": "north"}', /"latitude" must be a number from -90 to 90, not "north"/],
  ['{"latitude": 95}', /"latitude" must be a number from -90 to 90, not 95/],
  ['{"aim.content": "perhaps"}', /"aim\.content" must be yes or no/],
  [
    '{"battery.chemistry": "coal"}',
    /"battery\.chemistry" must be one of li-ion, lifepo4, nimh, sla/,
  ],
] as const) {
  test(`answers ${text} are refused with the key and what is right`, async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "a.json"), text);
    assertRefused(await toolchainHere(["setup", "--answers", "a.json"], cwd), EXIT.config, problem);
  });
}

test("steps that do not exist are named with those that do", async () => {
  const ended = await toolchainHere(["setup", "--only", "aim,focus"], ".");
  assertRefused(ended, EXIT.usage, /--only: no step is called "focus"/);
  assert.match(ended.stderr, /steps: port, firmware, .*check-in/);
});

test("what is not answered and has no usual answer is named when nobody is there", async () => {
  const ask = createAsker({ name: "cam-1" }, { takesDefaults: true });
  assert.is(await ask.text("name"), "cam-1");
  assert.is(await ask.text("group", ""), "");
  const problem = await ask.text("site").catch((error) => error);
  assert.is(problem.exitCode, EXIT.usage);
  assert.match(problem.message, /nobody is there to answer "site"/);
});

test("an answer from the file is used once on a terminal, then the person is asked", async () => {
  const prompts: string[] = [];
  const typed = ["", "7"];
  const line = async (prompt: string) => {
    prompts.push(prompt);
    return typed.shift() ?? "";
  };
  const ask = createAsker({ latitude: 1 }, { takesDefaults: false, line });
  assert.is(await ask.number("latitude"), 1);
  assert.is(await ask.number("latitude"), 7);
  assert.match(prompts.join("|"), /^latitude.*\|that must be a number from -90 to 90\nlatitude/);
});

test("figures become words that say whether they will do", () => {
  assert.equal(
    [-50, -70, -83, -86].map((dBm) => signalWords(dBm).words.split(/[,:] /)[1]),
    ["excellent", "good", "weak", "too weak"],
  );
  assert.equal(
    [-85, -86].map((dBm) => signalWords(dBm).isGood),
    [true, false],
  );
  const rows = [
    ["li-ion", 4100, 1, /4\.10 V, 1 × li-ion, full/, true],
    ["li-ion", 3400, 1, /empty/, false],
    ["lifepo4", 3300, 1, /half or more/, true],
    ["nimh", 4700, 4, /below half/, true],
    ["sla", 6350, 3, /full/, true],
    ["sla", 11000, 6, /empty/, false],
  ] as const;
  for (const [chemistry, milliVolts, cells, words, isGood] of rows) {
    const found = batteryWords(milliVolts, chemistry, cells);
    assert.match(found.words, words);
    assert.is(found.isGood, isGood, chemistry);
  }
  assert.equal(clockWords(0.4), { words: "within a second of this machine's", isGood: true });
  assert.equal(clockWords(-30), { words: "30 s behind this machine's", isGood: false });
  assert.match(clockWords(-1.7e9).words, /19676 days behind/);
});

test("versions are compared by their numbers", () => {
  assert.equal(
    [
      ["0.9.0", "0.10.0"],
      ["0.1.0", "0.1.0"],
      ["1.0.0", "0.9.9"],
      ["0.1", "0.1.1"],
    ].map(([one = "", other = ""]) => isOlder(one, other)),
    [true, false, false, true],
  );
});

test("a picture is drawn bright where it is bright, with the box at its place", async () => {
  const half = { create: { width: 40, height: 60, channels: 3 as const, background: "#fff" } };
  const jpeg = await sharp({ create: { width: 80, height: 60, channels: 3, background: "#000" } })
    .composite([{ input: await sharp(half).png().toBuffer(), left: 40, top: 0 }])
    .jpeg()
    .toBuffer();
  const plain = await sketch(jpeg, [[0, 0, 0.25, 0.5]], { columns: 16, bits: 1 });
  assert.is(plain.length, 6);
  assert.match(plain[5] ?? "", /^ {7}.{2}@{7}$/);
  assert.match(plain[0] ?? "", /^█{5} /);
  assert.match(plain[1] ?? "", /^█ {3}█ /);
  for (const [bits, colour] of [
    [24, "38;2;255;210;0"],
    [8, "38;5;220"],
  ] as const) {
    const lines = await sketch(jpeg, [[0, 0, 0.25, 0.5]], { columns: 16, bits });
    assert.ok(lines[0]?.includes(colour), lines[0]);
    assert.ok(lines[5]?.endsWith("▀\x1b[0m"));
  }
});

test.run();
