/** The wizard's steps, in the order in which they are done. */
import type { Step } from "./step.ts";
import { checkIn, position, provision } from "./steps/belonging.ts";
import { battery, selfTest, signal, time } from "./steps/figures.ts";
import { port } from "./steps/find-port.ts";
import { aim, pir } from "./steps/looking.ts";
import { firmware, program } from "./steps/software.ts";

export const STEPS: Step[] = [
  ...[port, firmware, program, provision],
  ...[aim, pir, signal, time, position, battery, selfTest, checkIn],
];
