/** Timers, time, load/reset/save, echo: globals of the interpreter itself. Source: jswrap_interactive.c. */
import type { Value } from "../engine/engine.ts";
import { EspFunction, EspObject, isString } from "../engine/value.ts";
import { crlf } from "./console/line-editor.ts";
import { dumpState } from "./dump.ts";
import type { Machine } from "./machine.ts";
import { defineGlobals } from "./natives.ts";
import { intervalUs, MAX_INTERVAL_MS } from "./timers.ts";

/** How deep edit() looks for the function it was given. */
const EDIT_DEPTH = 4;

export function installInteractive(machine: Machine): void {
  const { engine, clock } = machine;
  defineGlobals(engine, {
    setTimeout: (_self, args) => addTimer(machine, args, false),
    setInterval: (_self, args) => addTimer(machine, args, true),
    changeInterval: (_self, [id, ms]) => changeInterval(machine, id, ms),
    clearTimeout: (_self, args) => clearTimer(machine, args, "Timeout"),
    clearInterval: (_self, args) => clearTimer(machine, args, "Interval"),
    getTime: () => clock.nowMs / 1000,
    setTime: (_self, [seconds]) => {
      clock.setWall(engine.number(seconds) * 1000);
      return undefined;
    },
    getSerial: () => serialNumber(machine),
    load: (_self, [file]) => {
      machine.todo = { kind: "load", file: isString(file) ? engine.text(file) : undefined };
      return undefined;
    },
    reset: (_self, [clearFlash]) => {
      machine.todo = { kind: "reset" };
      if (engine.truthy(clearFlash)) eraseSavedCode(machine);
      return undefined;
    },
    save: () => {
      if (machine.store.read(".bootcde") !== undefined) {
        throw machine.error("Cannot save: .bootcde file already exists. Please remove it first.");
      }
      machine.todo = { kind: "save" };
      return undefined;
    },
    echo: (_self, [isOn]) => {
      machine.editor.isEchoOn = engine.truthy(isOn);
      return undefined;
    },
    dump: () => {
      machine.sendRaw(crlf(dumpState(machine)));
      return undefined;
    },
    edit: (_self, [what]) => edit(machine, what),
    setBusyIndicator: () => notModelled(machine, "setBusyIndicator()"),
    setSleepIndicator: () => notModelled(machine, "setSleepIndicator()"),
    peek8: () => notModelled(machine, "peek8()"),
    peek16: () => notModelled(machine, "peek16()"),
    peek32: () => notModelled(machine, "peek32()"),
    poke8: () => notModelled(machine, "poke8()"),
    poke16: () => notModelled(machine, "poke16()"),
    poke32: () => notModelled(machine, "poke32()"),
    shiftOut: () => notModelled(machine, "shiftOut()"),
  });
}

/** Put a function's text on the typed line, to be changed and run. */
function edit(machine: Machine, what: Value): Value {
  const { engine } = machine;
  const path = isString(what) ? engine.text(what) : pathTo(engine.global, what, EDIT_DEPTH);
  if (path === undefined) {
    throw machine.error("Edit should be called with edit(funcName) or edit('funcName')");
  }
  const fn = isString(what) ? engine.global.props?.get(path) : what;
  if (!(fn instanceof EspFunction)) {
    throw machine.error("Edit should be called with the name of a function");
  }
  const text = engine.text(fn);
  const isDeclared = !fn.scope && [...(engine.global.props?.values() ?? [])].includes(fn);
  machine.editor.replaceLine(
    isDeclared
      ? `function ${path}${text.slice("function ".length)}`
      : `${path}.replaceWith(${text});`,
  );
  return undefined;
}

/** Names that lead from an object to a value in it, joined by points. */
function pathTo(from: EspObject, wanted: Value, depth: number): string | undefined {
  for (const [name, value] of from.props ?? []) {
    if (value === wanted) return name;
    const rest =
      depth > 1 && value instanceof EspObject ? pathTo(value, wanted, depth - 1) : undefined;
    if (rest !== undefined) return `${name}.${rest}`;
  }
  return undefined;
}

/** Fail aloud where the real board would do something that is not emulated. */
export function notModelled(machine: Machine, what: string): never {
  machine.missing.add(what);
  throw machine.error(`${what} is not modelled by the emulator`);
}

/** Four groups of hexadecimal digits, as the MAC address of a board with this seed would give. */
export function serialNumber(machine: Machine): string {
  const word = (machine.options.seed >>> 0).toString(16).padStart(8, "0");
  return `${word}-5eed`;
}

function addTimer(machine: Machine, args: Value[], isInterval: boolean): Value {
  const { engine, timers, clock } = machine;
  const [callback, delay, ...rest] = args;
  if (!engine.isFunction(callback) && !isString(callback)) {
    throw machine.error("Function or String not supplied!");
  }
  const ms = engine.number(delay);
  if (ms > MAX_INTERVAL_MS) throw machine.error("Interval is too long (>100 years)");
  const period = intervalUs(ms);
  return timers.add({
    dueUs: clock.upUs + period,
    intervalUs: isInterval ? period : undefined,
    callback,
    args: rest,
  });
}

function changeInterval(machine: Machine, id: Value, delay: Value): Value {
  const { engine, timers, clock } = machine;
  const timer = timers.get(engine.int(id));
  if (!timer) throw machine.error("Unknown Interval");
  timer.intervalUs = intervalUs(engine.number(delay));
  timer.dueUs = clock.upUs + timer.intervalUs;
  timers.markChanged();
  return undefined;
}

function clearTimer(machine: Machine, args: Value[], kind: "Timeout" | "Interval"): Value {
  const [id] = args;
  if (args.length === 0) machine.timers.clear();
  else if (id === undefined) {
    throw machine.error(`clear${kind}(undefined) not allowed. Use clear${kind}() instead`);
  } else if (typeof id === "number" || isString(id)) {
    machine.timers.remove(machine.engine.number(id));
  }
  return undefined;
}

function eraseSavedCode(machine: Machine): void {
  machine.print("Erasing saved code.");
  for (const name of [".varimg", ".bootcde", ".bootrst"]) machine.store.erase(name);
  machine.print("\nDone!\n");
}
