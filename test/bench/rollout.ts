/** Processor time of a simulated roll-out: 100 000 sleeping cameras until a harmful release has stopped. */
import { harmfulRows } from "../simulate/rollout-promises.ts";
import type { Figure } from "./run.ts";

export async function figures(): Promise<Figure[]> {
  const before = process.cpuUsage();
  harmfulRows(100_000, 1);
  const { user, system } = process.cpuUsage(before);
  const value = Math.round((user + system) / 1e5) / 10;
  // The promise is a minute for the whole of `npm run simulate:rollout`.
  return [{ name: "rollout.simulate.harmful", value, unit: "s", vs: "60 s", ratio: 60 / value }];
}
