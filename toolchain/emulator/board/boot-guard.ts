/**
 * The boot guard of the firmware with the extension: the same text as in the chip's firmware, run before Espruino starts a
 * program of its own accord. What it does with the guard's answer is native/espruino/jswrap_boot.c in TypeScript.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { EspObject, Value } from "../engine/engine.ts";
import type { Machine } from "./machine.ts";

const HEADER = fileURLToPath(new URL("../../../native/espruino/boot_guard.h", import.meta.url));
/** The global in which the guard finds whether the chip itself has started, and leaves its answer. */
const ANSWER = "boot";

let text: string | undefined;

/** The guard out of the C header: the string literals of its lines. */
function guardText(): string {
  text ??= [...readFileSync(HEADER, "utf8").matchAll(/^ {4}(".*");?$/gm)]
    .map(([, literal]) => JSON.parse(literal as string) as string)
    .join("");
  return text;
}

/** @returns whether Espruino goes on to start what it would */
export function runBootGuard(machine: Machine): boolean {
  const { engine, faults } = machine;
  engine.set(engine.global, ANSWER, engine.object({ isFirst: machine.isFirstBoot }));
  const isDone = faults.protect(() => run(machine, guardText(), "boot guard"));
  const boot = engine.get(engine.global, ANSWER);
  engine.remove(engine.global, ANSWER);
  if (!isDone) {
    faults.check();
    return false;
  }
  if (engine.get(boot, "isSafe")) return false;
  const program = engine.get(boot, "program");
  if (program === "" || program === undefined) return true;
  start(machine, program, boot as EspObject);
  return true;
}

function start(machine: Machine, program: Value, boot: EspObject): void {
  const { engine, faults } = machine;
  const text = Buffer.from(engine.bytesOf(program) ?? []).toString("latin1");
  const before = faults.uncaught;
  faults.protect(() => run(machine, text, "app"));
  faults.check();
  if (faults.uncaught === before) return;
  const failed = engine.get(boot, "failed");
  faults.protect(() => machine.runCode(() => void engine.call(failed, boot, [])));
  faults.check();
}

const run = (machine: Machine, code: string, label: string): void =>
  machine.runCode(() => void machine.engine.evaluate(code, { file: label, label, isNative: true }));
