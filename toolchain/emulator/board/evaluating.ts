/** The ways text becomes running code: a typed line, a callback, an expression that the host asks for. */
import { EspThrow, type Value } from "../engine/engine.ts";
import { isString } from "../engine/value.ts";
import type { Machine } from "./machine.ts";

/** Run a typed line; how to show its result, or undefined when it failed. Errors are reported. */
export function executeLine(machine: Machine, line: string): (() => string) | undefined {
  let value: Value;
  machine.faults.protect(() => {
    value = machine.runCode(() => machine.engine.evaluate(line, { file: "" }));
  });
  const hasFailed = machine.faults.hasAny;
  machine.faults.check();
  return hasFailed ? undefined : () => machine.engine.inspectResult(value);
}

/** Call a function or run a string of code, as timers, watches and listeners do. */
export function runCallback(machine: Machine, callback: Value, self: Value, args: Value[]): void {
  const { engine } = machine;
  if (isString(callback)) {
    machine.runCode(() => engine.evaluate(engine.text(callback), { file: "", label: "event" }));
  } else if (engine.isFunction(callback)) {
    machine.runCode(() => engine.call(callback, self, args));
  } else if (callback !== undefined) {
    machine.print("ERROR: Unknown type of callback in Event Queue\n");
  }
}

/** For the host: the value of an expression as JSON, undefined for undefined. Throws an Error with the report. */
export function evaluateToJson(machine: Machine, expression: string): string | undefined {
  const { engine } = machine;
  try {
    const value = machine.runCode(() => engine.evaluate(expression, { file: "" }));
    return value === undefined ? undefined : engine.stringify(value);
  } catch (error) {
    engine.frame = null;
    if (error instanceof EspThrow) throw new Error(engine.describeThrow(error).trim());
    throw error;
  }
}
