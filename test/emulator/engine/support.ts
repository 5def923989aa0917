/** An engine with a recording host, for tests. */
import {
  Engine,
  EspInterrupt,
  EspThrow,
  LAYOUTS,
} from "../../../toolchain/emulator/engine/engine.ts";

export interface Recorder {
  engine: Engine;
  output: string[];
  missing: string[];
}

export function recorder(options: { strict?: boolean; layout?: "esp32" | "c3" } = {}): Recorder {
  const output: string[] = [];
  const missing: string[] = [];
  const engine = new Engine({
    layout: LAYOUTS[options.layout ?? "esp32"],
    strict: options.strict ?? true,
    host: {
      nowMs: () => 1_700_000_000_000,
      output: (text) => output.push(text),
      random: () => 0.5,
      missing: (what) => missing.push(what),
    },
  });
  return { engine, output, missing };
}

/** Run text and answer the message of what it throws, "" if nothing. */
export function thrownBy(engine: Engine, source: string): string {
  try {
    engine.evaluate(source, { file: "" });
  } catch (thrown) {
    engine.frame = null;
    if (thrown instanceof EspThrow) return engine.text(thrown.value);
    if (thrown instanceof EspInterrupt) return `interrupt: ${thrown.reason}`;
    throw thrown;
  }
  return "";
}
