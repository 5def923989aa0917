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

interface Speed {
  /** Per second of wall time, as the real interpreter is measured. */
  turns: number;
  operations: number;
  /** Per second of processor time: what one core does, however busy the machine is. */
  cpuOperations: number;
}

/** The best of three. */
function speedOf(setup: string, loop: string, turns: number): Speed {
  const best: Speed = { turns: 0, operations: 0, cpuOperations: 0 };
  for (let round = 0; round < 3; round++) {
    const engine = newEngine();
    engine.evaluate(setup, { file: "" });
    const before = engine.operations;
    const start = performance.now();
    const cpu = process.cpuUsage();
    engine.evaluate(loop.replaceAll("N", String(turns)), { file: "" });
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const operations = engine.operations - before;
    best.turns = Math.max(best.turns, turns / seconds);
    best.operations = Math.max(best.operations, operations / seconds);
    best.cpuOperations = Math.max(best.cpuOperations, (operations * 1e6) / (user + system));
  }
  return best;
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
      killSignal: "SIGKILL",
      encoding: "latin1",
      input: "",
    });
    const seconds = Number(/T=([\d.e-]+)/.exec(run.stdout ?? "")?.[1]);
    return seconds > 0 ? turns / seconds : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A figure with what the real interpreter reaches in the same unit. */
export interface EngineFigure extends Figure {
  real: number | undefined;
}

/** What `npm run bench` shows: turns per second per program, and operations per second of the slowest. */
export async function figures(): Promise<EngineFigure[]> {
  const binary = process.env.THICKET_ESPRUINO;
  const rows: EngineFigure[] = [];
  let slowest: EngineFigure | undefined;
  for (const [name, { setup, loop, turns }] of Object.entries(PROGRAMS)) {
    const speed = speedOf(setup, loop, turns);
    const real = binary
      ? realTurnsPerSecond(binary, setup, loop, Math.ceil(turns / REAL_SHARE))
      : undefined;
    rows.push(figure(`engine: ${name}`, speed.turns, "turns/s", real));
    if (slowest && slowest.value <= speed.cpuOperations) continue;
    const what = `engine: simple operations per second of one core, slowest program (${name})`;
    const realOperations = real && (real * speed.operations) / speed.turns;
    // Beside the real interpreter wall time counts, as it does there.
    slowest = figure(what, speed.operations, "operations/s", realOperations);
    slowest.value = Math.round(speed.cpuOperations);
  }
  return slowest ? [...rows, slowest] : rows;
}

const figure = (
  name: string,
  value: number,
  unit: string,
  real: number | undefined,
): EngineFigure => ({
  name,
  value: Math.round(value),
  unit,
  vs: real ? `Espruino on this machine, ${Math.round(real)} ${unit}` : "",
  ratio: real ? Number((value / real).toPrecision(3)) : null,
  real,
});
