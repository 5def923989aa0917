/**
 * Programs with what the real interpreter printed and the JsVars it had in use, for a run without it: every case that
 * once showed a difference, and random programs beside them. Only programs on which both agree are kept.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onReal } from "./batch.ts";
import { compareAll } from "./compare.ts";
import { generate, type Program } from "./generator.ts";

const FILE = new URL("../conform/fuzz-corpus.json", import.meta.url);
const PROGRAMS = 600;
const BATCH = 800;
const TEXT_MAX = 400;
const BYTES_MAX = 550;
const FIRST_SEED = 900_000;

export interface Recorded {
  program: Program;
  output: string;
  usage: number;
  /** It once showed a difference. */
  hasFound: boolean;
}

/** As they are kept: text, flags (1 code in RAM, 2 given time, 4 found a difference), output, JsVars. */
type Row = [text: string, flags: number, output: string, usage: number];

export function readCorpus(): Recorded[] {
  if (!existsSync(FILE)) return [];
  return (JSON.parse(readFileSync(FILE, "utf8")) as Row[]).map(([text, flags, output, usage]) => ({
    program: { text, isInRam: (flags & 1) !== 0, isSlow: (flags & 2) !== 0 },
    output,
    usage,
    hasFound: (flags & 4) !== 0,
  }));
}

/** @param found folder of saved failing cases */
export async function record(binary: string, found: string): Promise<void> {
  const programs = [...readCorpus().filter(({ hasFound }) => hasFound), ...savedIn(found)];
  const once = new Map(programs.map(({ program }) => [program.text, program]));
  const rows = await agreed(binary, [...once.values()], true);
  for (let seed = FIRST_SEED; rows.length < PROGRAMS; seed += BATCH) {
    const more = Array.from({ length: BATCH }, (_, i) => generate(seed + i)).filter(
      ({ text }) => text.length <= TEXT_MAX,
    );
    rows.push(...(await agreed(binary, more, false)));
  }
  const lines = rows.slice(0, PROGRAMS).map((row) => JSON.stringify(row));
  writeFileSync(FILE, `[\n${lines.join(",\n")}\n]\n`);
  console.log(`${lines.length} programs recorded, ${once.size} of them found a difference once`);
}

function savedIn(folder: string): { program: Program }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
}

async function agreed(binary: string, programs: Program[], hasFound: boolean): Promise<Row[]> {
  const results = await compareAll(binary, programs);
  const again = await onReal(binary, programs);
  return results.flatMap(({ program, real, difference }, i): Row[] => {
    const { output, usage } = real;
    const isSteady = output === again[i]?.output;
    if (difference || output === undefined || usage === undefined || !isSteady) return [];
    if (program.text.length + output.length > BYTES_MAX && !hasFound) return [];
    const flags = (program.isInRam ? 1 : 0) + (program.isSlow ? 2 : 0) + (hasFound ? 4 : 0);
    return [[program.text, flags, output, usage]];
  });
}
