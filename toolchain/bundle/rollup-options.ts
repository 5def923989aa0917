/**
 * How Rollup is run for the camera: our compiled files in, one classic script out, then the minifier and the
 * interpreter's passes. `rollup.config.js` and `bundle.ts` share it.
 */
import { dirname, resolve } from "node:path";
import MagicString from "magic-string";
import type { OutputOptions, Plugin } from "rollup";
import { type MinifyOptions, minify } from "terser";
import { placeConstants } from "./constants.ts";
import {
  createDeviceProgram,
  type DeviceProgram,
  HELPERS_FILE,
  shownPath,
} from "./device-program.ts";
import { hoist } from "./hoisting.ts";
import { letGo } from "./letting-go.ts";
import { nest } from "./nesting.ts";
import { rewrite } from "./rewrites.ts";
import { shortenNames, shortenProperties } from "./short-names.ts";
import { type Program, parseScript } from "./syntax-tree.ts";

/**
 * No freeze, no getters on exports, no "use strict": the interpreter lacks the first, pays for the second and ignores
 * the third.
 */
export const OUTPUT_OPTIONS = {
  format: "iife",
  freeze: false,
  esModule: false,
  strict: false,
  externalLiveBindings: false,
  generatedCode: "es5",
  sourcemap: true,
  exports: "named",
} satisfies OutputOptions;

const MINIFY_OPTIONS: MinifyOptions = {
  ecma: 5,
  compress: {
    passes: 2,
    // Wrong in terser 5.51: "" + s + 1 + 2 becomes "" + s + 3. rewrites.ts folds numbers instead.
    evaluate: false,
    // Would turn a function called in one place into one that is created anew at every call.
    reduce_funcs: false,
    // Every parameter costs a variable, at rest and in every call.
    keep_fargs: false,
  },
  // Its names would all change with one new variable: short-names.ts.
  mangle: false,
  format: { ascii_only: true, inline_script: false },
};

/** Gives Rollup the compiled files of a device program. */
export function compiled(program: DeviceProgram): Plugin {
  return {
    name: "thicket-compiled",
    resolveId(specifier, importer) {
      if (!importer) return resolve(specifier);
      if (specifier === "tslib") return HELPERS_FILE;
      return program.resolve(specifier, importer) ?? resolve(dirname(importer), specifier);
    },
    load(id) {
      const output = program.emit(id);
      if (!output) this.error(`${shownPath(id)} is not part of the program`);
      const map = JSON.parse(output.map) as { sources: string[] };
      return { code: output.code, map: { ...map, sources: [id] } as never };
    },
  };
}

/** A pass that changes the text of the whole program here and there. */
function textPass(name: string, change: (text: MagicString, program: Program) => void): Plugin {
  return {
    name,
    renderChunk(code) {
      const text = new MagicString(code);
      change(text, parseScript(code));
      return { code: text.toString(), map: text.generateMap({ hires: "boundary" }).toString() };
    },
  };
}

/** Minifies, shortens names, then makes the result run on the interpreter: order of definitions, switches, regular expressions. */
export function espruino(innerNames: ReadonlySet<string>): Plugin[] {
  return [
    textPass("thicket-constants", placeConstants),
    textPass("thicket-nesting", nest),
    {
      name: "thicket-minify",
      async renderChunk(code) {
        const result = await minify(code, { ...MINIFY_OPTIONS, sourceMap: true });
        return { code: result.code ?? "", map: result.map as string };
      },
    },
    textPass("thicket-letting-go", letGo),
    textPass("thicket-names", (text, program) => {
      shortenNames(text, program);
      shortenProperties(text, program, innerNames);
    }),
    textPass("thicket-espruino", (text, program) => {
      rewrite(text, program);
      hoist(text, program);
    }),
  ];
}

/** For people who run Rollup themselves. Type errors stop the build. */
export function thicket(entry: string): Plugin[] {
  const program = createDeviceProgram(entry);
  const stop: Plugin = {
    name: "thicket-types",
    buildStart() {
      const [first] = program.findings;
      if (first) this.error(`${first.file}:${first.line}:${first.column}: ${first.message}`);
    },
  };
  return [stop, compiled(program), ...espruino(program.innerNames)];
}
