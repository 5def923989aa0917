/**
 * What timers and watches cost in JsVars: the firmware keeps each as an object in a hidden array. These records are
 * that object; the engine's walk starts at them. Source: Espruino 2v29, jsinteractive.c.
 */
import { type Engine, EspObject, type Value } from "../engine/engine.ts";

/** A time in microseconds never fits into a name. */
const LONG_TIME = 1e9;
/** The array's index. */
const INDEX_VARS = 1;

export function timerRecord(
  engine: Engine,
  timer: { intervalUs: number | undefined; callback: Value; args: Value[] },
): EspObject {
  const entries: Record<string, Value> = { time: LONG_TIME, cb: timer.callback };
  if (timer.intervalUs !== undefined) entries.intr = LONG_TIME;
  if (timer.args.length > 0) entries.args = engine.array(timer.args);
  return record(entries);
}

export function watchRecord(watch: {
  callback: Value;
  isRepeating: boolean;
  edge: number;
  debounceUs: number;
}): EspObject {
  // A pin costs what null costs: one JsVar.
  const entries: Record<string, Value> = { pin: null, cb: watch.callback, state: false };
  if (watch.isRepeating) entries.recur = true;
  if (watch.edge !== 0) entries.edge = watch.edge;
  if (watch.debounceUs > 0) entries.debounce = LONG_TIME;
  return record(entries);
}

function record(entries: Record<string, Value>): EspObject {
  const object = new EspObject(null);
  object.props = new Map(Object.entries(entries));
  object.hiddenVars = INDEX_VARS;
  return object;
}
