/**
 * Runs every `*.test.ts` below test/ (or those whose path contains an argument), each in its own process, and fails
 * on what uvu lets pass: a file with 0 tests, a file that dies before its summary, passed not equal to total.
 * Last line: `N passed, N failed`.
 */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FILE_LIMIT_MS = 300_000;

interface FileResult {
  file: string;
  passed: number;
  failed: number;
  skips: string[];
  output: string;
  seconds: number;
}

const wanted = process.argv.slice(2);
const files = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => join(ROOT, "test", name))
  .filter((file) => wanted.length === 0 || wanted.some((text) => file.includes(text)))
  .sort();

const results: FileResult[] = [];
const queue = [...files];
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
report();

async function worker(): Promise<void> {
  for (let file = queue.shift(); file; file = queue.shift()) {
    const result = await runFile(file);
    results.push(result);
    const mark = result.failed ? "FAIL" : "ok  ";
    console.log(
      `${mark} ${relative(ROOT, file)}  ${result.passed} passed  ${result.seconds.toFixed(1)} s`,
    );
    if (result.failed) console.log(result.output.replace(/^/gm, "     "));
  }
}

function runFile(file: string): Promise<FileResult> {
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--import", "tsx", file], {
      cwd: ROOT,
      env: { ...process.env, FORCE_COLOR: "0" },
    });
    let output = "";
    child.stdout.on("data", (data) => {
      output += data;
    });
    child.stderr.on("data", (data) => {
      output += data;
    });
    const timer = setTimeout(() => {
      output += `\nstopped: ran longer than ${FILE_LIMIT_MS / 1000} s\n`;
      child.kill("SIGKILL");
    }, FILE_LIMIT_MS);
    child.on("close", (code) => {
      clearTimeout(timer);
      const count = (word: string) =>
        Number(output.match(new RegExp(`${word}:\\s+(\\d+)`))?.[1] ?? 0);
      const total = count("Total");
      const passed = count("Passed");
      const isGood = code === 0 && total > 0 && passed === total;
      if (code === 0 && total === 0) output += "\nno test ran: is test.run() missing?\n";
      resolve({
        file,
        passed,
        failed: isGood ? 0 : Math.max(1, total - passed),
        skips: [...output.matchAll(/^# SKIP (.*)$/gm)].map((match) => match[1] ?? ""),
        output,
        seconds: (performance.now() - start) / 1000,
      });
    });
  });
}

function report(): void {
  const sum = (key: "passed" | "failed") =>
    results.reduce((total, result) => total + result[key], 0);
  const skips = results.flatMap(({ file, skips }) =>
    skips.map((reason) => `${relative(ROOT, file)}: ${reason}`),
  );
  if (skips.length) console.log(`\nskipped:\n${skips.map((line) => `  ${line}`).join("\n")}`);
  const failed = sum("failed") + (files.length === 0 ? 1 : 0);
  if (files.length === 0) console.log(`no test file matches ${wanted.join(" ")}`);
  console.log(`\n${sum("passed")} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}
