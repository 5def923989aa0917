/** `toolchain emulate` as a user runs it: scripts and what can be wrong with its options. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ROOT } from "../support/skip.ts";

/** Run the command with a script's text in place of SCRIPT. */
function emulate(args: string[], script = "") {
  const folder = mkdtempSync(join(tmpdir(), "thicket-emulate-"));
  const file = join(folder, "script.js");
  writeFileSync(file, script);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(ROOT, "toolchain", "bin.js"),
      "emulate",
      ...args.map((arg) => (arg === "SCRIPT" ? file : arg)),
    ],
    { encoding: "utf8" },
  );
  rmSync(folder, { recursive: true, force: true });
  return { status, stdout, stderr };
}

test("a script's output, result and memory come as one JSON object", () => {
  const { status, stdout } = emulate(
    ["--script", "SCRIPT", "--virtual-ms", "3500", "--json"],
    "var result=0;setInterval(()=>{result++;print('tick',result)},1000);",
  );
  const report = JSON.parse(stdout);
  assert.is(status, 0);
  assert.is(report.output, "tick 1\ntick 2\ntick 3\n");
  assert.is(report.result, 3);
  assert.equal(report.errorFlags, []);
  assert.is(report.jsvars.total, 16383);
  assert.ok(report.jsvars.usage > 20 && report.jsvars.usage <= report.jsvars.peak);
});

test("a script runs on the ESP32-C3 with its 4095 variables", () => {
  const { status, stdout } = emulate(
    ["--script", "SCRIPT", "--board", "esp32c3", "--json"],
    "var result=process.env.BOARD+' '+analogRead(D20);",
  );
  const report = JSON.parse(stdout);
  assert.is(status, 0);
  assert.is(report.result, "ESP32C3 NaN");
  assert.is(report.jsvars.total, 4095);
});

test("an exception nobody caught is in the output and in the exit code", () => {
  const { status, stdout } = emulate(["--script", "SCRIPT"], "print('before');oops();");
  assert.is(status, 5);
  assert.match(stdout, 'before\nUncaught ReferenceError: "oops" is not defined');
});

test("a script that runs out of memory says so and ends", () => {
  const { stdout } = emulate(["--script", "SCRIPT", "--json"], "var t='x';while(true)t+=t;");
  const report = JSON.parse(stdout);
  assert.match(report.output, /^OUT OF MEMORY\n/);
  assert.equal(report.errorFlags, ["LOW_MEMORY", "MEMORY"]);
  assert.is(report.result, null);
});

test("wrong options are one clear line each", () => {
  const rows: [string[], number, string][] = [
    [["--script", "/no/such/file.js"], 3, "cannot read /no/such/file.js: no such file"],
    [["--script", "SCRIPT", "--board", "pico"], 2, 'no board named "pico"'],
    [["--script", "SCRIPT", "--virtual-ms", "soon"], 2, "--virtual-ms must be a whole number"],
    [["--profile", "--cost", "fast"], 2, "--cost must be microseconds above 0"],
    [["--board", "esp32c3", "--frames", "."], 2, "--frames does not go with the esp32c3"],
  ];
  for (const [args, code, message] of rows) {
    const { status, stderr } = emulate(args);
    assert.is(status, code, message);
    assert.match(stderr, message);
  }
});

test("a console port in use is one clear line", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const address = taken.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const { status, stderr } = emulate(["--tcp", String(port), "--app", "SCRIPT"], "print(1)");
  await new Promise((resolve) => taken.close(resolve));
  assert.is(status, 4);
  assert.match(stderr, `TCP port ${port} is in use by another program`);
});

test.run();
