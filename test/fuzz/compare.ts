/** Running programs on both interpreters and saying where they differ. */
import { type Outcome, onEmulator, onReal } from "./batch.ts";
import type { Program } from "./generator.ts";

export type Difference = "output" | "memory";

export interface Compared {
  program: Program;
  real: Outcome;
  ours: Outcome;
  /** Undefined: the same, or the real interpreter did not survive it. */
  difference: Difference | undefined;
}

export async function compareAll(binary: string, programs: Program[]): Promise<Compared[]> {
  const [real, ours] = await Promise.all([onReal(binary, programs), onEmulator(programs)]);
  return programs.map((program, i) => ({
    program,
    real: real[i]!,
    ours: ours[i]!,
    difference: differenceOf(real[i]!, ours[i]!),
  }));
}

function differenceOf(real: Outcome, ours: Outcome): Difference | undefined {
  if (real.output === undefined) return undefined;
  if (real.output !== ours.output) return "output";
  return real.usage === ours.usage ? undefined : "memory";
}
