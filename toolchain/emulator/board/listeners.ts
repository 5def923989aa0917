/**
 * Events that the board raises. Listeners lie where `on` puts them: in the property "#on<event>" of the object, one
 * function or an array of them. Source: jsinteractive.c (jsiExecuteEventCallback, jsiQueueObjectCallbacks).
 */
import { runListeners } from "../engine/builtins/events.ts";
import { EspObject, type Value } from "../engine/engine.ts";
import { runCallback } from "./evaluating.ts";
import type { Machine } from "./machine.ts";

const listenersOf = (object: Value, event: string): Value =>
  object instanceof EspObject ? object.props?.get(`#on${event}`) : undefined;

/** Call listeners now. Returns whether there were any. */
export function callListeners(
  machine: Machine,
  object: Value,
  event: string,
  args: Value[],
): boolean {
  const listeners = listenersOf(object, event);
  if (listeners === undefined) return false;
  call(machine, object, listeners, args);
  return true;
}

/** Call listeners after the current code; those of that moment, as the original queues the functions themselves. */
export function queueListeners(
  machine: Machine,
  object: Value,
  event: string,
  args: Value[],
): void {
  const listeners = listenersOf(object, event);
  if (listeners !== undefined) machine.events.push(() => call(machine, object, listeners, args));
}

/** Call one function after the current code. */
export function queueCall(machine: Machine, callback: Value, args: Value[]): void {
  machine.events.push(() => {
    machine.faults.protectEvent(() => runCallback(machine, callback, undefined, args));
  });
}

function call(machine: Machine, object: Value, listeners: Value, args: Value[]): void {
  machine.faults.protectEvent(() => {
    machine.runCode(() => runListeners(machine.engine, object, listeners, args));
  });
}
