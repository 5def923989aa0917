/**
 * Records what the real interpreter prints for every language case:
 * `THICKET_ESPRUINO=/path node --import tsx test/conform/record-language.ts [name part]`.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { LANGUAGE_CASES } from "./language-cases.ts";
import { REAL, realOutput } from "./real-interpreter.ts";

const FILE = new URL("language-expected.json", import.meta.url);
if (!REAL) throw new Error("set THICKET_ESPRUINO to the real interpreter");
const known: Record<string, string> = existsSync(FILE)
  ? JSON.parse(readFileSync(FILE, "utf8"))
  : {};
const recorded: Record<string, string> = {};
const [part] = process.argv.slice(2);
for (const [name, program] of Object.entries(LANGUAGE_CASES)) {
  const isWanted = part === undefined || name.includes(part) || known[name] === undefined;
  recorded[name] = isWanted ? realOutput(REAL, program) : known[name]!;
}
writeFileSync(FILE, `${JSON.stringify(recorded, null, 2)}\n`);
console.log(`${Object.keys(recorded).length} cases recorded`);
