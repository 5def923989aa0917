/** A check-list as a person reads it on a terminal. */
import pc from "picocolors";
import type { Check } from "../fleet/store/checklists.ts";

export const MARKS = { passed: pc.green("✓"), skipped: pc.dim("–"), failed: pc.red("✗") };
const NAME_WIDTH = 10;

export const checkLines = (checks: Pick<Check, "step" | "state" | "value">[]): string[] =>
  checks.map(({ step, state, value }) => `${MARKS[state]} ${step.padEnd(NAME_WIDTH)} ${value}`);
