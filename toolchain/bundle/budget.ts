/**
 * How large the camera's program may be. Flash holds the bundle; variables (14 bytes each on the ESP32) hold what it
 * does, and the rest of the 16383 must stay free for the operator and the network.
 */

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
  /** Boards with 4095 variables, or bundles that travel over a slow radio. */
  small: { bytes: 32 * 1024, jsvars: 2500, cycleOperations: 8000 },
};

export interface JsVars {
  idle: number;
  peak: number;
}

/** What the life of a camera with this bundle has shown. */
export interface Measured extends JsVars {
  /** Absent when no capture cycle was seen. */
  cycle?: CycleCost | null;
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

/** One line that says what is over budget and which modules are largest, or undefined. */
export function budgetProblem(
  budget: Budget,
  bytes: number,
  jsvars: JsVars | null,
  modules: readonly ModuleSize[],
  cycle: CycleCost | null = null,
): string | undefined {
  const over: string[] = [];
  if (bytes > budget.bytes) over.push(`${bytes} of ${budget.bytes} bytes`);
  if (jsvars && jsvars.peak > budget.jsvars) {
    over.push(`${jsvars.peak} of ${budget.jsvars} variables`);
  }
  if (cycle && cycle.operations > budget.cycleOperations) {
    over.push(`${cycle.operations} of ${budget.cycleOperations} operations in a capture cycle`);
  }
  if (!over.length) return undefined;
  const largest = modules
    .slice(0, NAMED_MAX)
    .map(({ name, bytes }) => `${name} ${bytes}`)
    .join(", ");
  return `the bundle is over budget: ${over.join(" and ")}; largest modules: ${largest}`;
}
