/**
 * From TypeScript to what the camera runs: compile, join, minify, make it fit the interpreter, check the final bytes,
 * measure. Nothing is written here; see `output.ts`.
 */
import { existsSync, statSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { gzipSync } from "node:zlib";
import { type OutputChunk, rollup } from "rollup";
import { buildError, inputError, usageError } from "../errors.ts";
import {
  BUDGETS,
  type CycleCost,
  type JsVars,
  type Measured,
  type ModuleSize,
  overrun,
  profileOf,
} from "./budget.ts";
import { BOARDS } from "./builtins.ts";
import {
  createDeviceProgram,
  type DeviceProgram,
  HELPERS_FILE,
  shownPath,
} from "./device-program.ts";
import { checkDialect } from "./dialect.ts";
import { type Finding, findingText } from "./findings.ts";
import { type Holder, namedHolders } from "./holders.ts";
import { compiled, espruino, OUTPUT_OPTIONS } from "./rollup-options.ts";
import { type RawSourceMap, SourceLocator } from "./source-map.ts";
import { SourceNames } from "./source-names.ts";

export interface BundleOptions {
  /** Entry file, .ts or .js. */
  entry: string;
  /** Board whose globals and modules may be used (default esp32s3). */
  board?: string;
  /** Budget profile (default: the board's), or false for no budget. */
  profile?: string | false;
  /** Measures interpreter variables of the finished bundle; without it the report says null. */
  measure?: (code: string) => Promise<Measured | null>;
}

/** What dist/device/report.json holds. */
export interface BundleReport {
  bytes: number;
  gzipBytes: number;
  /** Interpreter variables, or null when they were not measured. */
  jsvars: JsVars | null;
  /** The costliest capture cycle, or null when none was measured. */
  cycle: CycleCost | null;
  /** Who held the most variables at the peak, at most ten. */
  holders: Holder[];
  /** What happened in the life they were measured in; null when they were not. */
  events: Readonly<Record<string, number>> | null;
  board: string;
  /** Bytes of the bundle by source file, largest first. */
  modules: ModuleSize[];
}

export interface Bundle {
  code: string;
  map: RawSourceMap;
  report: BundleReport;
}

export interface Compiled {
  /** Absent when the source was refused before it could be bundled. */
  code?: string;
  map?: RawSourceMap;
  findings: Finding[];
}

const HOLDERS_MAX = 10;

/**
 * Build and check one entry.
 * Errors: BUNDLE_REFUSED (types, dialect), BUNDLE_OVER_BUDGET, BUNDLE_FAILED; NO_FILE, BAD_OPTION.
 */
export async function bundle(options: BundleOptions): Promise<Bundle> {
  const { board = "esp32s3" } = options;
  const { profile = profileOf(board) } = options;
  const budget = profile === false ? undefined : BUDGETS[profile];
  if (profile !== false && !budget) throw unknownName("profile", profile, Object.keys(BUDGETS));
  const { code, map, findings } = await compile(options.entry, board);
  if (findings.length || code === undefined || !map) {
    throw buildError("BUNDLE_REFUSED", findingText(findings));
  }
  const modules = new SourceLocator(code, map, "").bytesBySource("(wrapper)");
  const {
    idle,
    peak,
    cycle = null,
    holders = [],
    events = null,
  } = (await options.measure?.(code)) ?? {};
  const report: BundleReport = {
    bytes: code.length,
    gzipBytes: gzipSync(code, { level: 9 }).length,
    jsvars: idle === undefined || peak === undefined ? null : { idle, peak },
    cycle,
    holders: namedHolders(holders, new SourceNames(code, map)).slice(0, HOLDERS_MAX),
    events,
    board,
    modules,
  };
  const problem = budget && overrun(budget, report);
  if (problem) throw buildError("BUNDLE_OVER_BUDGET", problem.message, problem.hint);
  return { code, map, report };
}

/** Compile, join and check; findings are returned, not thrown. */
export async function compile(
  entry: string,
  boardName: string,
  open: (entry: string) => DeviceProgram = createDeviceProgram,
): Promise<Compiled> {
  const board = BOARDS[boardName];
  if (!board) throw unknownName("board", boardName, Object.keys(BOARDS));
  if (!existsSync(entry)) throw inputError("NO_FILE", `there is no file ${entry}`);
  if (!statSync(entry).isFile()) throw inputError("NO_FILE", `${entry} is not a file`);
  const program = open(entry);
  if (program.findings.length) return { findings: program.findings };
  const chunk = await runRollup(entry, program);
  const map = readableMap(chunk);
  const findings = checkDialect(chunk.code, { map, board, file: shownPath(resolve(entry)) });
  return { code: chunk.code, map, findings };
}

async function runRollup(entry: string, program: DeviceProgram): Promise<OutputChunk> {
  try {
    const build = await rollup({
      input: resolve(entry),
      plugins: [compiled(program), ...espruino(program.innerNames)],
      treeshake: { moduleSideEffects: true },
      onwarn(warning) {
        if (warning.code === "CIRCULAR_DEPENDENCY") throw new Error(warning.message);
      },
    });
    const { output } = await build.generate({ ...OUTPUT_OPTIONS, inlineDynamicImports: true });
    await build.close();
    return output[0];
  } catch (error) {
    throw buildError("BUNDLE_FAILED", (error as Error).message);
  }
}

/** Source names as the user knows them. */
function readableMap({ map }: OutputChunk): RawSourceMap {
  const sources = (map?.sources ?? []).map((source) => {
    const file = resolve(source);
    return file === HELPERS_FILE ? "(helpers)" : relative(process.cwd(), file).split(sep).join("/");
  });
  return { mappings: map?.mappings ?? "", sources, names: map?.names ?? [] };
}

const unknownName = (what: string, name: string, known: string[]) =>
  usageError("BAD_OPTION", `no ${what} named "${name}"`, `known: ${known.join(", ")}`);
