/**
 * How large the camera's program may be. Flash holds the bundle; variables (14 bytes each on the ESP32) hold what it
 * does, and the rest of the 16383 must stay free for the operator and the network.
 */
import { type Holder, holderText, type MeasuredHolder } from "./holders.ts";

export interface Budget {
  /** Bytes of app.js. */
  bytes: number;
  /** Interpreter variables at peak. */
  jsvars: number;
  /** Interpreted operations of one capture cycle. */
  cycleOperations: number;
}

export const BUDGETS: Readonly<Record<string, Budget>> = {
  default: { bytes: 64 * 1024, jsvars: 6000, cycleOperations: 8000 },
  /** The ESP32-C3 has 4095 variables; from 3890 in use Espruino calls memory low, at 4095 it stops the code. */
  c3: { bytes: 64 * 1024, jsvars: 4000, cycleOperations: 8000 },
  /** Bundles that travel over a slow radio. */
  small: { bytes: 32 * 1024, jsvars: 2500, cycleOperations: 8000 },
};

/** The profile of a board when none is asked for. */
export const profileOf = (board: string): string => (board === "esp32c3" ? "c3" : "default");

export interface JsVars {
  idle: number;
  peak: number;
}

/** What the life of a camera with this bundle has shown. */
export interface Measured extends JsVars {
  /** Absent when no capture cycle was seen. */
  cycle?: CycleCost | null;
  /** Who held what at the peak. */
  holders?: readonly MeasuredHolder[];
  /** What happened in that life. */
  events?: Readonly<Record<string, number>>;
}

/** What the costliest capture cycle of the measured life took; milliseconds are an estimate. */
export interface CycleCost {
  cycles: number;
  operations: number;
  estimatedMs: number;
}

export interface ModuleSize {
  name: string;
  bytes: number;
}

const NAMED_MAX = 3;
const HOLDERS_MAX = 5;

/** What of a report is held against the budget. */
export interface Spent {
  bytes: number;
  jsvars: JsVars | null;
  modules: readonly ModuleSize[];
  cycle?: CycleCost | null;
  holders?: readonly Holder[];
}

export interface Overrun {
  /** One line: what is over budget. */
  message: string;
  /** One line: what is largest. */
  hint: string;
}

/** What is over budget and what is largest there, or undefined. */
export function overrun(
  budget: Budget,
  { bytes, jsvars, modules, cycle, holders = [] }: Spent,
): Overrun | undefined {
  const over: string[] = [];
  const hints: string[] = [];
  if (bytes > budget.bytes) {
    over.push(`${bytes} of ${budget.bytes} bytes`);
    const largest = modules.slice(0, NAMED_MAX).map(({ name, bytes }) => `${name} ${bytes}`);
    if (largest.length > 0) hints.push(`largest modules: ${largest.join(", ")}`);
  }
  if (jsvars && jsvars.peak > budget.jsvars) {
    over.push(`${jsvars.peak} of ${budget.jsvars} variables`);
    const largest = holders.slice(0, HOLDERS_MAX).map(holderText);
    if (largest.length > 0) hints.push(`largest holders of variables: ${largest.join(", ")}`);
  }
  if (cycle && cycle.operations > budget.cycleOperations) {
    over.push(`${cycle.operations} of ${budget.cycleOperations} operations in a capture cycle`);
    hints.push("npx toolchain emulate --profile shows which functions they go to");
  }
  if (!over.length) return undefined;
  return { message: `the bundle is over budget: ${over.join(" and ")}`, hint: hints.join("; ") };
}
