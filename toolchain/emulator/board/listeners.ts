/**
 * Events that the board raises. Listeners lie where `on` puts them: in the hidden property "#on<event>" of the object,
 * one function or an array of them. Source: jsinteractive.c (jsiExecuteEventCallback, jsiQueueObjectCallbacks).
 */
import type { Value } from "../engine/engine.ts";
import { EspObject } from "../engine/engine.ts";
import type { Machine } from "./machine.ts";

/** Functions (or strings of code) listening for an event, oldest first. */
export function listeners(machine: Machine, object: Value, event: string): Value[] {
  if (!(object instanceof EspObject)) return [];
  const found = object.props?.get(`#on${event}`);
  if (found === undefined) return [];
  return machine.engine.isArray(found) ? machine.engine.arrayValues(found) : [found];
}

/** Call listeners now. Returns whether there were any. */
export function callListeners(
  machine: Machine,
  object: Value,
  event: string,
  args: Value[],
): boolean {
  const functions = listeners(machine, object, event);
  machine.engine.isEventStopped = false;
  for (const listener of functions) {
    if (machine.engine.isEventStopped) break;
    if (!machine.faults.protectEvent(() => machine.runCallback(listener, object, args))) break;
  }
  machine.engine.isEventStopped = false;
  return functions.length > 0;
}

/** Call listeners after the current code; those of that moment, as the original queues the functions themselves. */
export function queueListeners(
  machine: Machine,
  object: Value,
  event: string,
  args: Value[],
): void {
  const functions = listeners(machine, object, event);
  if (functions.length === 0) return;
  machine.events.push(() => {
    machine.engine.isEventStopped = false;
    for (const listener of functions) {
      if (machine.engine.isEventStopped) break;
      if (!machine.faults.protectEvent(() => machine.runCallback(listener, object, args))) break;
    }
    machine.engine.isEventStopped = false;
  });
}

/** Call one function after the current code. */
export function queueCall(machine: Machine, callback: Value, args: Value[]): void {
  machine.events.push(() => {
    machine.faults.protectEvent(() => machine.runCallback(callback, undefined, args));
  });
}
