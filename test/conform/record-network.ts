/**
 * Records what the real interpreter prints for every network case:
 * `THICKET_ESPRUINO=/path node --import tsx test/conform/record-network.ts`.
 */
import { writeFileSync } from "node:fs";
import { NETWORK_CASE_MS, NETWORK_CASES } from "./network-cases.ts";
import { REAL, realOutput } from "./real-interpreter.ts";

if (!REAL) throw new Error("set THICKET_ESPRUINO to the real interpreter");
const binary = REAL;
const recorded = Object.fromEntries(
  Object.entries(NETWORK_CASES).map(([name, program]) => [
    name,
    realOutput(binary, program, NETWORK_CASE_MS),
  ]),
);
writeFileSync(
  new URL("network-expected.json", import.meta.url),
  `${JSON.stringify(recorded, null, 2)}\n`,
);
console.log(`${Object.keys(recorded).length} cases recorded`);
