/** `toolchain model check|run FILE`: reads files, asks toolchain/model, prints. */
import type { CommandFunction, CommandInput } from "../command-line.ts";
import { textOption } from "../command-line.ts";
import { EXIT, inputError, usageError } from "../errors.ts";
import { readInput, writeWhole } from "../files.ts";
import type { Io } from "../log.ts";
import { checkModel, checkText, layersText, timeLayers } from "../model/check.ts";
import { runModel } from "../model/run.ts";

const HINT = "toolchain model --help";

export const run: CommandFunction = async (input, io) => {
  const [action, file, ...rest] = input.positionals;
  if (action !== "check" && action !== "run") {
    throw usageError("BAD_ARGUMENT", `model: say check or run, not ${action ?? "nothing"}`, HINT);
  }
  if (file === undefined) throw usageError("BAD_ARGUMENT", `model ${action}: which file?`, HINT);
  if (rest.length > 0)
    throw usageError("BAD_ARGUMENT", `model ${action}: one file, not also ${rest[0]}`, HINT);
  return action === "check" ? check(file, input, io) : runOnce(file, input, io);
};

function check(file: string, input: CommandInput, io: Io): number {
  for (const name of ["input", "output"]) {
    if (textOption(input, name) !== undefined) {
      throw usageError("BAD_OPTION", `model check: --${name} belongs to model run`, HINT);
    }
  }
  const bytes = readInput(file);
  const result = checkModel(bytes);
  const layers = input.options.layers && result.runs ? timeLayers(bytes) : undefined;
  if (input.options.json) {
    io.out(JSON.stringify({ file, ...result, ...(layers && { layers }) }));
  } else {
    io.out(
      `${file}: ${result.bytes.toLocaleString("en-US")} bytes, ${result.runs ? "runs" : "will not run"}`,
    );
    for (const line of checkText(result)) io.out(line);
    if (layers) for (const line of ["", ...layersText(layers)]) io.out(line);
  }
  if (result.runs) return EXIT.ok;
  const more = result.problems.length > 1 ? ` (and ${result.problems.length - 1} more)` : "";
  throw inputError("MODEL_WILL_NOT_RUN", `${file} will not run: ${result.problems[0]}${more}`);
}

function runOnce(file: string, input: CommandInput, io: Io): number {
  if (input.options.layers)
    throw usageError("BAD_OPTION", "model run: --layers belongs to model check", HINT);
  const from = textOption(input, "input");
  const to = textOption(input, "output");
  if (from === undefined || to === undefined) {
    throw usageError("BAD_OPTION", "model run: --input RAW and --output RAW are needed", HINT);
  }
  const result = runModel(readInput(file), readInput(from));
  writeWhole(to, result.output);
  const sorted = [...result.sampleMs].sort((a, b) => a - b);
  const medianMs = sorted[Math.floor(sorted.length / 2)] ?? 0;
  if (input.options.json) {
    const { samples, values } = result;
    io.out(
      JSON.stringify({
        file,
        output: to,
        samples,
        outputBytes: result.output.length,
        medianMs,
        values,
      }),
    );
  } else {
    io.out(
      `${to}: ${result.output.length} bytes from ${result.samples} ${result.samples === 1 ? "sample" : "samples"}, ` +
        `${medianMs.toFixed(2)} ms each on this machine`,
    );
    if (result.samples === 1) {
      for (const values of result.values)
        io.out(values.map((value) => value.toPrecision(4)).join(" "));
    }
  }
  return EXIT.ok;
}
