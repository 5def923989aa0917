/**
 * Speed of the language engine: simple operations per second, counted as the engine counts them (statements, loop
 * turns, calls), beside the real interpreter when THICKET_ESPRUINO
 * names one (run one after the other on the same machine).
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Engine, LAYOUTS } from "../../toolchain/emulator/engine/engine.ts";
import type { Figure } from "./run.ts";

/** `N` turns of each loop; the count of turns per second is what both interpreters are asked for. */
const PROGRAMS: Record<string, { setup: string; loop: string; turns: number }> = {
  "empty for": { setup: "", loop: "for(var i=0;i<N;i++);", turns: 2_000_000 },
  "property read": {
    setup: "var o={a:1,b:2},s=0;",
    loop: "for(var i=0;i<N;i++)s+=o.b;",
    turns: 1_000_000,
  },
  "typed array write": {
    setup: "var u=new Uint8Array(100);",
    loop: "for(var i=0;i<N;i++)u[i%100]=i;",
    turns: 1_000_000,
  },
  "array read": {
    setup: "var a=[];for(var i=0;i<100;i++)a.push(i);var s=0;",
    loop: "for(var i=0;i<N;i++)s+=a[i%100];",
    turns: 1_000_000,
  },
  "function call": {
    setup: "function f(a){return a+1}var s=0;",
    loop: "for(var i=0;i<N;i++)s=f(i);",
    turns: 1_000_000,
  },
  "locals in a function": {
    setup: "function g(n){var s=0;for(var i=0;i<n;i++){s+=i;if(s>1000)s=0}return s}",
    loop: "g(N);",
    turns: 2_000_000,
  },
  "object create": { setup: "var x;", loop: "for(var i=0;i<N;i++)x={a:i,b:2};", turns: 500_000 },
};
const REAL_SHARE = 20;

function newEngine(): Engine {
  return new Engine({
    layout: LAYOUTS.esp32,
    host: { nowMs: () => 0, output: () => undefined, random: () => 0.5, missing: () => undefined },
  });
}

/** Turns per second of one program, the best of three. */
function turnsPerSecond(
  setup: string,
  loop: string,
  turns: number,
): { turns: number; operations: number } {
  let best = Number.POSITIVE_INFINITY;
  let operations = 0;
  for (let round = 0; round < 3; round++) {
    const engine = newEngine();
    engine.evaluate(setup, { file: "" });
    const before = engine.operations;
    const start = performance.now();
    engine.evaluate(loop.replaceAll("N", String(turns)), { file: "" });
    best = Math.min(best, performance.now() - start);
    operations = engine.operations - before;
  }
  return { turns: (turns * 1000) / best, operations: (operations * 1000) / best };
}

function realTurnsPerSecond(
  binary: string,
  setup: string,
  loop: string,
  turns: number,
): number | undefined {
  const folder = mkdtempSync(join(tmpdir(), "thicket-bench-"));
  try {
    const file = join(folder, "bench.js");
    const text = `${setup}\nvar t0=getTime();${loop.replaceAll("N", String(turns))}\nprint("T="+(getTime()-t0));quit();\n`;
    writeFileSync(file, text);
    const run = spawnSync(binary, [file], {
      cwd: folder,
      timeout: 60_000,
      encoding: "latin1",
      input: "",
    });
    const seconds = Number(/T=([\d.e-]+)/.exec(run.stdout ?? "")?.[1]);
    return seconds > 0 ? turns / seconds : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What `npm run bench` shows: turns per second per program, and operations per second over all of them. */
export async function figures(): Promise<Figure[]> {
  const binary = process.env.THICKET_ESPRUINO;
  const rows: Figure[] = [];
  let slowest = Number.POSITIVE_INFINITY;
  for (const [name, { setup, loop, turns }] of Object.entries(PROGRAMS)) {
    const measured = turnsPerSecond(setup, loop, turns);
    slowest = Math.min(slowest, measured.operations);
    const vs = binary
      ? realTurnsPerSecond(binary, setup, loop, Math.ceil(turns / REAL_SHARE))
      : undefined;
    rows.push({
      name: `engine: ${name}`,
      value: Math.round(measured.turns),
      unit: "turns/s",
      vs: vs ? `Espruino on this machine, ${Math.round(vs)} turns/s` : "",
      ratio: vs ? measured.turns / vs : null,
    });
  }
  rows.push({
    name: "engine: simple operations, slowest program",
    value: Math.round(slowest),
    unit: "operations/s",
    vs: "",
    ratio: null,
  });
  return rows;
}
