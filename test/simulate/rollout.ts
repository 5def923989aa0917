/** `npm run simulate:rollout`: the promises of the roll-out server as a table; exits 1 when one is missed. */
import { falseStopRow, goodRow, harmfulRows, type Row } from "./rollout-promises.ts";

const CPU_S_MAX = 60;

const rows: Row[] = [
  ...harmfulRows(100_000, 1),
  goodRow(20_000, 1),
  // Small fleets: a stop by mistake comes among the first cameras of a ring, when one failure weighs most.
  falseStopRow(800, 400),
];
const { user, system } = process.cpuUsage();
const cpuS = (user + system) / 1e6;
rows.push({
  name: "processor time of all of it",
  measured: `${cpuS.toFixed(1)} s`,
  promised: `at most ${CPU_S_MAX} s`,
  isKept: cpuS <= CPU_S_MAX,
});
for (const { name, measured, promised, isKept } of rows)
  console.log(`${isKept ? "kept  " : "MISSED"}  ${name.padEnd(48)} ${measured} (${promised})`);
process.exit(rows.every(({ isKept }) => isKept) ? 0 : 1);
