/** `toolchain analyze NAME --package DIR`: reads a Camtrap DP package, asks the catalogue, prints. */
import type { CommandFunction, CommandInput } from "../command-line.ts";
import { textOption, wholeNumber } from "../command-line.ts";
import { EXIT, usageError } from "../errors.ts";
import { writeWhole } from "../files.ts";
import { answersText } from "../fleet/analytics/answer-text.ts";
import { ANALYSES, analyse, analysisNamed } from "../fleet/analytics/catalogue.ts";
import type { ComparedTo } from "../fleet/analytics/events.ts";
import { packageRows } from "../fleet/analytics/package-rows.ts";
import { plotSvg } from "../fleet/analytics/plot-svg.ts";
import type { Options } from "../fleet/analytics/prepare.ts";
import { DIEL_TIMES, type DielTime } from "../fleet/analytics/solar-time.ts";
import { openPackage } from "../fleet/research/read-package.ts";
import type { Io } from "../log.ts";

const HINT = "toolchain analyze --help";
const COMPARED_TO: readonly ComparedTo[] = ["lastRecord", "lastIndependentRecord"];

export const run: CommandFunction = async (input, io) => {
  const [name, ...rest] = input.positionals;
  if (name === undefined) return list(input, io);
  if (rest.length > 0) {
    throw usageError("BAD_ARGUMENT", `analyze: one analysis, not also ${rest[0]}`, HINT);
  }
  if (!analysisNamed(name)) {
    const names = ANALYSES.map((one) => one.name).join(", ");
    throw usageError("BAD_ARGUMENT", `no analysis named "${name}"`, `there are ${names}`);
  }
  const path = textOption(input, "package");
  if (path === undefined) {
    throw usageError("BAD_OPTION", "analyze: --package DIR is needed", HINT);
  }
  const options = optionsOf(input);
  const rows = await packageRows(openPackage(path), io);
  const answers = analyse(name, rows, options) ?? [];
  const svg = textOption(input, "svg");
  if (svg !== undefined) {
    const shown = answers.find((one) => one.plot);
    if (!shown?.plot) {
      const reason = answers.find((one) => one.refusal)?.refusal;
      throw usageError("NO_PLOT", `${name} has no plot here${reason ? `: ${reason}` : ""}`, HINT);
    }
    writeWhole(svg, Buffer.from(plotSvg(shown.plot, [shown.analysis, shown.of].join(" ").trim())));
    io.note(`${svg}: ${shown.of || shown.analysis}`);
  }
  if (input.options.json) io.out(JSON.stringify({ analysis: name, package: path, answers }));
  else for (const line of answersText(answers)) io.out(line);
  return EXIT.ok;
};

/** Without a name: what there is. */
function list(input: CommandInput, io: Io): number {
  if (input.options.json) {
    io.out(JSON.stringify(ANALYSES.map(({ run: _, ...row }) => row)));
    return EXIT.ok;
  }
  for (const { name, summary, needs, assumes } of ANALYSES) {
    io.out(`${name.padEnd(11)}${summary}`);
    io.out(`${"".padEnd(11)}needs ${needs}; assumes ${assumes}`);
  }
  return EXIT.ok;
}

function optionsOf(input: CommandInput): Partial<Options> {
  const taxa = textOption(input, "taxon");
  const protocol = textOption(input, "protocol");
  return {
    level: wholeNumber(input, "level", 95, [50, 99]) / 100,
    seed: wholeNumber(input, "seed", 1, [0, 2 ** 31 - 1]),
    bootstraps: wholeNumber(input, "bootstraps", 999, [99, 10_000]),
    independenceMinutes: wholeNumber(input, "independence", 0, [0, 10_080]),
    occasionDays: wholeNumber(input, "occasion", 7, [1, 365]),
    comparedTo: choice(input, "compared-to", COMPARED_TO, "lastRecord"),
    time: choice<DielTime>(input, "time", DIEL_TIMES, "solarMean"),
    ...(taxa !== undefined && { taxa: taxa.split(",").map((taxon) => taxon.trim()) }),
    ...(protocol !== undefined && { protocol }),
  };
}

function choice<T extends string>(
  input: CommandInput,
  name: string,
  values: readonly T[],
  fallback: T,
): T {
  const text = textOption(input, name);
  if (text === undefined) return fallback;
  const value = values.find((one) => one === text);
  if (value) return value;
  throw usageError("BAD_OPTION", `--${name} must be ${values.join(" or ")}, not "${text}"`);
}
