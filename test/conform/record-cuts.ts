/**
 * Workshop script: boot the real interpreter from every flash image of test/emulator/board/cut-states.ts, say where
 * the emulator shows something else, and write what the real one showed to cut-states.json.
 * Run: THICKET_ESPRUINO=/path/to/espruino npx tsx test/conform/record-cuts.ts [part of a scenario's name]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import {
  casesOf,
  cutState,
  PROBE,
  prepare,
  recordedStates,
  SCENARIOS,
  type Seen,
  seen,
  seenByEmulator,
} from "../emulator/board/cut-states.ts";

const BINARY = process.env.THICKET_ESPRUINO;
const OUTPUT = new URL("./cut-states.json", import.meta.url);
const CHIP_BYTES = 4 * 1024 * 1024;
const STORAGE_ADDRESS = 0x320000;
const LIMIT_MS = 5000;

async function seenByReal(binary: string, flash: Uint8Array): Promise<Seen> {
  const folder = mkdtempSync(join(tmpdir(), "thicket-cuts-"));
  const chip = Buffer.alloc(CHIP_BYTES, 0xff);
  chip.set(flash, STORAGE_ADDRESS);
  writeFileSync(join(folder, "espruino.flash"), chip);
  const child = spawn(binary, [], { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
  let text = "";
  const answered = new Promise<void>((resolve) => {
    child.stdout.on("data", (data: Buffer) => {
      const hadBanner = text.includes("/Donate");
      text += data.toString("latin1");
      if (!hadBanner && text.includes("/Donate")) child.stdin.write(`echo(0)\n${PROBE}\n`);
      if (/<<.*>>/.test(text)) resolve();
    });
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await Promise.race([answered, ended]);
  clearTimeout(limit);
  child.kill("SIGKILL");
  await ended;
  rmSync(folder, { recursive: true });
  return seen(text);
}

function recorded(): Map<number, Seen> {
  return recordedStates(readFileSync(OUTPUT, "utf8"));
}

/** Each state is seen once, however many cuts lead to it. */
async function main(binary: string, part: string): Promise<void> {
  const known = part === "" ? new Map<number, Seen>() : recorded();
  let differing = 0;
  let count = 0;
  for (const scenario of SCENARIOS.filter(({ name }) => name.includes(part))) {
    const { image, operations } = prepare(scenario);
    const before = known.size;
    const cases = casesOf(scenario, operations);
    for (const { nth, torn } of cases) {
      count++;
      const state = await cutState(scenario, image, nth, torn);
      const key = crc32(state);
      if (known.has(key)) continue;
      const real = await seenByReal(binary, state);
      known.set(key, real);
      const ours = await seenByEmulator(state);
      if (JSON.stringify(real) === JSON.stringify(ours)) continue;
      differing++;
      console.log(`DIFFERENT ${scenario.name}, operation ${nth}, ${JSON.stringify(torn)}`);
      console.log(`  real ${JSON.stringify(real)}\n  ours ${JSON.stringify(ours)}`);
    }
    console.log(`${scenario.name}: ${cases.length} cuts, ${known.size - before} new states`);
  }
  console.log(`${count} cuts, ${known.size} states, ${differing} differing`);
  const rows = [...known].map(([key, { boot, storage }]) => [key, `${boot}\t${storage}`] as const);
  writeFileSync(OUTPUT, `${JSON.stringify(Object.fromEntries(rows), null, 2)}\n`);
}

if (BINARY === undefined) throw new Error("THICKET_ESPRUINO must name the real interpreter");
await main(BINARY, process.argv[2] ?? "");
