/**
 * The TypeScript side of the bundle: compiles the entry and what it imports with device/tsconfig.json (ES5), reports
 * type errors as findings, and hands Rollup the JavaScript of each file. Nothing is written to disk.
 */
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { type Finding, sortFindings } from "./findings.ts";
import { innerNames } from "./inner-names.ts";
import { checkSource } from "./source-check.ts";
import { literalsAsBytes } from "./string-bytes.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
/** Root of the Thicket repository or package. */
export const THICKET_ROOT = dirname(dirname(HERE));
/** Entry of the camera's own program. */
export const DEVICE_PROGRAM = join(THICKET_ROOT, "device", "main.ts");
/** Beside an entry, it tells the camera's program, in any tree, from a script that others may call by its names. */
const FIRMWARE_FACE = join("espruino", "native-modules.ts");
export const HELPERS_FILE = join(HERE, "helpers.ts");

export interface DeviceProgram {
  findings: Finding[];
  /** Names of properties that may be shortened: in the camera's own program those that nothing outside it sees. */
  innerNames: ReadonlySet<string>;
  /** JavaScript and source map of one file of the program, or undefined when it is not part of it. */
  emit(file: string): { code: string; map: string } | undefined;
  /** File that an import means, or undefined. */
  resolve(specifier: string, importer: string): string | undefined;
}

/** Path as the user sees it: relative to the current folder when inside it. */
export function shownPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith("..") ? file : path.split(sep).join("/");
}

export function createDeviceProgram(entry: string): DeviceProgram {
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([resolve(entry), ...declarations()], options, host);
  const own = program
    .getSourceFiles()
    .filter(
      (file) =>
        !program.isSourceFileDefaultLibrary(file) &&
        !file.isDeclarationFile &&
        resolve(file.fileName) !== HELPERS_FILE,
    );
  const findings = own.flatMap((file) => [
    ...[...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
      .filter(({ category }) => category === ts.DiagnosticCategory.Error)
      .map(diagnosticFinding),
    ...checkSource(file, program.getTypeChecker(), shownPath(file.fileName)),
  ]);
  const files = new Map(program.getSourceFiles().map((file) => [resolve(file.fileName), file]));
  const isOurs = existsSync(join(dirname(resolve(entry)), FIRMWARE_FACE)) && !findings.length;
  return {
    findings: sortFindings(findings),
    innerNames: isOurs ? innerNames(program, own) : new Set(),
    emit: (file) => emit(program, files.get(file)),
    resolve(specifier, importer) {
      const { resolvedModule } = ts.resolveModuleName(specifier, importer, options, host);
      const found = resolvedModule && resolve(resolvedModule.resolvedFileName);
      return found && files.has(found) ? found : undefined;
    },
  };
}

function compilerOptions(): ts.CompilerOptions {
  const file = join(THICKET_ROOT, "device", "tsconfig.json");
  const { config } = ts.readConfigFile(file, ts.sys.readFile);
  // Only the options are of interest: without this the whole folder would be listed.
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, include: [], files: [] },
    ts.sys,
    dirname(file),
  );
  return {
    ...options,
    configFilePath: undefined,
    noEmit: false,
    // Nothing is written; without it TypeScript refuses to compile a .js file onto itself.
    outDir: join(THICKET_ROOT, "dist", "compiled"),
    declaration: false,
    allowJs: true,
    checkJs: false,
    sourceMap: true,
    removeComments: true,
    // Helpers come from helpers.ts under the name TypeScript imports them by.
    importHelpers: true,
    moduleDetection: ts.ModuleDetectionKind.Force,
    noEmitHelpers: false,
    paths: { tslib: [HELPERS_FILE] },
  };
}

/** Declarations of the interpreter's globals, which every device file may use. */
function declarations(): string[] {
  const folder = join(THICKET_ROOT, "device", "espruino");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => join(folder, name));
}

function emit(
  program: ts.Program,
  file: ts.SourceFile | undefined,
): { code: string; map: string } | undefined {
  if (!file) return undefined;
  let code = "";
  let map = "";
  program.emit(
    file,
    (name, text) => {
      if (name.endsWith(".map")) map = text;
      else code = text;
    },
    undefined,
    false,
    { before: [literalsAsBytes] },
  );
  return { code: code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"), map };
}

function diagnosticFinding({ file, start = 0, code, messageText }: ts.Diagnostic): Finding {
  const place = file?.getLineAndCharacterOfPosition(start) ?? { line: 0, character: 0 };
  const [text = ""] = ts.flattenDiagnosticMessageText(messageText, "\n").split("\n");
  return {
    file: file ? shownPath(file.fileName) : "device/tsconfig.json",
    line: place.line + 1,
    column: place.character + 1,
    rule: `TS${code}`,
    message: `${text} (TS${code})`,
  };
}
