/** `toolchain check [FILE]`: can the camera's interpreter run this? Writes nothing. */
import { existsSync } from "node:fs";
import { extname, join } from "node:path";
import { BUDGETS, overrun, profileOf } from "../bundle/budget.ts";
import { compile } from "../bundle/bundle.ts";
import { DEVICE_PROGRAM } from "../bundle/device-program.ts";
import { findingLine } from "../bundle/findings.ts";
import { type CommandFunction, textOption } from "../command-line.ts";
import { buildError, EXIT, usageError } from "../errors.ts";

const EXTENSIONS = [".ts", ".js"];

export const run: CommandFunction = async (input, io) => {
  const [file, ...rest] = input.positionals;
  if (rest.length) throw usageError("BAD_ARGUMENT", "check takes one file", "toolchain check FILE");
  if (file !== undefined && existsSync(file) && !EXTENSIONS.includes(extname(file))) {
    throw usageError("BAD_ARGUMENT", `${file} is neither .ts nor .js`);
  }
  const entry = file ?? DEVICE_PROGRAM;
  const board = textOption(input, "board") ?? "esp32s3";
  io.progress(`checking ${entry}`);
  const { code, findings } = await compile(entry, board);
  const bytes = code?.length ?? 0;
  if (input.options.json) {
    io.out(JSON.stringify({ file: entry, ok: findings.length === 0, bytes, findings }));
    return findings.length ? EXIT.build : EXIT.ok;
  }
  if (findings.length) {
    for (const finding of findings) io.out(findingLine(finding));
    const count = findings.length === 1 ? "1 problem" : `${findings.length} problems`;
    throw buildError("CHECK_FAILED", `${count}: the camera cannot run ${entry}`);
  }
  const budget = BUDGETS[profileOf(board)];
  const over = budget && overrun(budget, { bytes, jsvars: null, modules: [] });
  if (over) throw buildError("BUNDLE_OVER_BUDGET", over.message);
  io.out(`${file ?? join("device", "main.ts")}: runs on ${board}, ${bytes} bytes`);
  return EXIT.ok;
};
