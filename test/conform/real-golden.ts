/** The JsVar golden cases on the real interpreter that THICKET_ESPRUINO names, as the figures were first taken. */
import { type GoldenRow, goldenCases, rateGolden } from "./golden.ts";
import { realRun } from "./real-interpreter.ts";

/** @param binary of the layout esp32 */
export function realGoldenRow(
  sharedData: string,
  binary: string,
  mode: GoldenRow["mode"],
): GoldenRow {
  return rateGolden(goldenCases(sharedData), "esp32", mode, ({ setup, code, sizeOfExpr }) => {
    const once = mode === "warm" ? `(function(){${code}})();` : "";
    const run = mode === "flash" ? "eval(require('Storage').read('code'));" : code;
    const store =
      mode === "flash" ? `require("Storage").write("code",${JSON.stringify(code)});` : "";
    const text = realRun(
      binary,
      [
        'require("Storage");var a0=0,a1=0,ST=0;',
        `${store}${setup}`,
        once,
        "a0=process.memory().usage;",
        run,
        "a1=process.memory().usage;",
        `print("@D="+(a1-a0)+" S="+E.getSizeOf(${sizeOfExpr})+"@");quit();`,
      ].join("\n"),
    );
    const [, delta, sizeOf] = /@D=(-?\d+) S=(\d+)@/.exec(text) ?? [];
    return { delta: Number(delta), sizeOf: Number(sizeOf) };
  });
}
