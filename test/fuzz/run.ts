/**
 * `npm run fuzz:espruino [-- --seed N] [--programs N] [--seconds N] [--shrink N] [--memory] [--out DIR] [--record | --console N]`: random programs
 * on the emulator and on the real interpreter that THICKET_ESPRUINO names; what they print and the JsVars they leave
 * in use are compared. Failing programs are made smaller and saved with both outputs. Exit code 1 when they
 * differ, 2 when there is no interpreter. --record makes the corpus that `npm test` replays without it; --console N types
 * random bytes at N consoles instead.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Compared, compareAll } from "./compare.ts";
import { compareConsoles } from "./console.ts";
import { record } from "./corpus.ts";
import { generate } from "./generator.ts";
import { shrink } from "./shrink.ts";

const BATCH = 1600;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    programs: { type: "string", default: "2000" },
    seconds: { type: "string" },
    shrink: { type: "string", default: "10" },
    memory: { type: "boolean", default: false },
    out: { type: "string", default: "dist/fuzz" },
    record: { type: "boolean", default: false },
    console: { type: "string" },
  },
});

async function main(binary: string): Promise<number> {
  const firstSeed = Number(values.seed);
  const total = values.seconds ? Number.POSITIVE_INFINITY : Number(values.programs);
  const endMs = Date.now() + Number(values.seconds ?? "1e9") * 1000;
  const startMs = Date.now();
  let count = 0;
  let lost = 0;
  const different = { output: 0, memory: 0 };
  let left = Number(values.shrink);
  while (count < total && Date.now() < endMs) {
    const size = Math.min(BATCH, total - count);
    const seeds = Array.from({ length: size }, (_, i) => firstSeed + count + i);
    const results = await compareAll(binary, seeds.map(generate));
    for (const [i, result] of results.entries()) {
      const { difference } = result;
      if (result.real.output === undefined) lost++;
      if (!difference) continue;
      different[difference]++;
      if (left <= 0 || (difference === "memory") !== values.memory) continue;
      if (await report(binary, seeds[i]!, result)) left--;
    }
    count += size;
  }
  const perMinute = Math.round((count * 60_000) / (Date.now() - startMs));
  console.log(
    `${count} programs, ${different.output} differ in output, ${different.memory} in memory only, ` +
      `${lost} that the real interpreter did not survive; ${perMinute} a minute`,
  );
  return different.output + different.memory > 0 ? 1 : 0;
}

async function consoles(binary: string, count: number): Promise<number> {
  const different = await compareConsoles(binary, count, Number(values.seed));
  for (const { typed, real, ours } of different) {
    console.log(`typed    ${JSON.stringify(typed)}`);
    console.log(`real     ${JSON.stringify(real)}\nemulator ${JSON.stringify(ours)}`);
  }
  console.log(`${count} consoles, ${different.length} answer differently`);
  return different.length > 0 ? 1 : 0;
}

/** Shrink and save; false when it does not happen again. */
async function report(binary: string, seed: number, first: Compared): Promise<boolean> {
  const [again] = await compareAll(binary, [first.program]);
  if (again?.difference !== first.difference) return false;
  const program = await shrink(first.program, async (programs) =>
    (await compareAll(binary, programs)).map(({ difference }) => difference === first.difference),
  );
  const [smallest] = await compareAll(binary, [program]);
  const { real, ours } = smallest!;
  console.log(
    [
      `seed ${seed}, ${first.difference}, code in ${program.isInRam ? "RAM" : "flash"}:`,
      program.text,
      `---- real interpreter, ${real.usage} JsVars:`,
      real.output,
      `---- emulator, ${ours.usage} JsVars:`,
      ours.output,
    ].join("\n"),
  );
  mkdirSync(values.out, { recursive: true });
  const found = { seed, difference: first.difference, program, real, ours };
  writeFileSync(join(values.out, `${seed}.json`), `${JSON.stringify(found, null, 2)}\n`);
  return true;
}

const binary = process.env.THICKET_ESPRUINO;
if (binary && values.console) process.exitCode = await consoles(binary, Number(values.console));
else if (binary && values.record) await record(binary, values.out);
else if (binary) process.exitCode = await main(binary);
else {
  console.error("THICKET_ESPRUINO=/path/to/espruino must name the interpreter to compare with");
  process.exitCode = 2;
}
