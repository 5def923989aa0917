/** The commands `build` and `check` as a user runs them: files, report, exit codes, nothing half-written. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { BUDGETS, overrun } from "../../toolchain/bundle/budget.ts";
import { bundle } from "../../toolchain/bundle/bundle.ts";
import { reportLines } from "../../toolchain/bundle/report.ts";
import { EXIT } from "../../toolchain/errors.ts";
import { ROOT } from "../support/skip.ts";

const folder = mkdtempSync(join(tmpdir(), "thicket-"));
const write = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
const toolchain = (...args: string[]) =>
  spawnSync(process.execPath, [join(ROOT, "toolchain/bin.js"), ...args], {
    cwd: folder,
    encoding: "utf8",
  });

const blink = write(
  "blink.ts",
  "let isOn = false;\nsetInterval(() => {\n  isOn = !isOn;\n  digitalWrite(D2, isOn);\n}, 500);\n",
);

test("build writes the bundle and its report", () => {
  const { status, stdout, stderr } = toolchain("build", "--entry", blink, "--json");
  assert.is(status, EXIT.ok, stderr);
  const out = join(folder, "dist/device");
  const app = readFileSync(join(out, "app.js"), "utf8");
  const report = JSON.parse(readFileSync(join(out, "report.json"), "utf8"));
  assert.is(report.bytes, Buffer.byteLength(app));
  assert.is(report.gzipBytes, gzipSync(app, { level: 9 }).length);
  assert.is(report.board, "esp32s3");
  assert.is(
    report.modules.reduce((sum: number, { bytes }: { bytes: number }) => sum + bytes, 0),
    report.bytes,
  );
  assert.ok(report.modules.some(({ name }: { name: string }) => name.endsWith("blink.ts")));
  assert.equal({ ...JSON.parse(stdout), files: undefined }, { ...report, files: undefined });
  assert.equal(readdirSync(out).sort(), ["app.js", "report.json"]);
});

test("build over budget names the largest modules and writes nothing", () => {
  const words = Array.from({ length: 6000 }, (_, i) => `"word ${i * 7919}"`).join(",\n");
  write("words.ts", `export const words = [${words}];\n`);
  const entry = write("large.ts", 'import { words } from "./words.ts";\nprint(words.length);\n');
  const { status, stderr } = toolchain("build", "--entry", entry, "--out", "large");
  assert.is(status, EXIT.build);
  assert.match(stderr, /over budget: \d+ of 65536 bytes\n.*largest modules: words\.ts \d+/);
  assert.not.ok(existsSync(join(folder, "large")));
});

test("check names file and line of a type error", () => {
  const file = write("types.ts", 'print(1);\nconst n: number = "text";\nprint(n);\n');
  const { status, stdout, stderr } = toolchain("check", file);
  assert.is(status, EXIT.build);
  assert.match(stdout, /^types\.ts:2:7: Type 'string' is not assignable/);
  assert.match(stderr, /1 problem/);
});

test("check names file and line of what the camera cannot run", () => {
  const file = write("dialect.js", "var list = [1, 2];\n\nprint(list.map(Math.trunc));\n");
  const { status, stdout } = toolchain("check", file, "--json");
  assert.is(status, EXIT.build);
  const { ok, findings } = JSON.parse(stdout);
  assert.is(ok, false);
  assert.equal([findings[0].file, findings[0].line], ["dialect.js", 3]);
});

test("check accepts a good script, and says so", () => {
  const { status, stdout } = toolchain("check", blink);
  assert.is(status, EXIT.ok);
  assert.match(stdout, /runs on esp32s3, \d+ bytes/);
});

test("check of a missing file is one clear line", () => {
  const { status, stderr } = toolchain("check", "absent.ts");
  assert.is(status, EXIT.config);
  assert.match(stderr, /there is no file absent\.ts/);
});

test("an unknown board or profile is a usage error", async () => {
  for (const options of [{ board: "esp99" }, { profile: "huge" }]) {
    const error = await bundle({ entry: blink, ...options }).catch((problem) => problem);
    assert.is(error.exitCode, EXIT.usage);
    assert.match(error.hint, /known: /);
  }
});

test("a program that hoards variables fails the build, and its hoard is named as the source names it", () => {
  write(
    "hoard.ts",
    "export const hoard: number[] = [];\nexport const keep = (n: number) => hoard.push(n);\n",
  );
  const text =
    'import { hoard, keep } from "./hoard.ts";\nfor (let i = 0; i < 7000; i++) keep(i);\n';
  const entry = write("hoarding.ts", `${text}setInterval(() => print(hoard.length), 60000);\n`);
  const { status, stdout, stderr } = toolchain("build", "--entry", entry, "--out", "hoarding");
  assert.is(status, EXIT.build);
  assert.is(stdout, "");
  const [problem = "", hint = ""] = stderr.trimEnd().split("\n").slice(-2);
  assert.match(problem, /the bundle is over budget: 7\d\d\d of 6000 variables$/);
  assert.match(hint, /largest holders of variables: hoard \(hoard\.ts\) 70\d\d,/);
  assert.not.ok(existsSync(join(folder, "hoarding")));
});

test("variables over budget fail the build", async () => {
  const measure = async () => ({ idle: 100, peak: 6001 });
  const error = await bundle({ entry: blink, measure }).catch((problem) => problem);
  assert.is(error.code, "BUNDLE_OVER_BUDGET");
  assert.match(error.message, /6001 of 6000 variables/);
  const limits = { bytes: 10, jsvars: 10, cycleOperations: 10 };
  const spent = { bytes: 10, jsvars: { idle: 1, peak: 10 }, modules: [] };
  assert.is(overrun(limits, spent), undefined);
});

test("a capture cycle over its operations fails the build", async () => {
  const cycle = { cycles: 3, operations: 8001, estimatedMs: 533 };
  const measure = async () => ({ idle: 1, peak: 1, cycle });
  const error = await bundle({ entry: blink, measure }).catch((problem) => problem);
  assert.is(error.exitCode, EXIT.build);
  assert.match(error.message, /8001 of 8000 operations in a capture cycle/);
  const { report } = await bundle({ entry: blink, measure, profile: false });
  assert.equal(report.cycle, cycle);
  assert.match(
    reportLines(report, { budget: BUDGETS.default }).join("\n"),
    /8001 operations of 8000 .*\(estimate\)/,
  );
});

test("clean up", () => rmSync(folder, { recursive: true, force: true }));

test.run();
