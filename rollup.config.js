/**
 * For people who run Rollup themselves: `npx rollup -c`. The same plugins as `toolchain build`, without its dialect check,
 * measurement and budget.
 */
import { tsImport } from "tsx/esm/api";

const { OUTPUT_OPTIONS, thicket } = await tsImport(
  "./toolchain/bundle/rollup-options.ts",
  import.meta.url,
);

const input = "device/main.ts";

export default {
  input,
  plugins: thicket(input),
  output: { ...OUTPUT_OPTIONS, file: "dist/device/app.js" },
};
