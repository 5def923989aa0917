/** on, emit and friends, which every object has. Listeners run later, from the event queue (as measured on Espruino 2v29). */

import type { Engine } from "../engine.ts";
import { define } from "../properties.ts";
import { toText } from "../text.ts";
import {
  EspArray,
  EspFunction,
  EspObject,
  type EspThrow,
  isString,
  type NativeFunction,
  type Value,
} from "../value.ts";
import { methods, native } from "./define.ts";

const PREFIX = "#on";
const ARGS_MAX = 4;

export function installEvents(e: Engine): void {
  const owner = (self: Value): EspObject => {
    if (self instanceof EspObject && self.kind <= 2) return self;
    throw e.error("TypeError", "Parent must be an object - not a String, Integer, etc");
  };
  const named = (event: Value, message = "First argument must be String"): string => {
    if (isString(event)) return PREFIX + toText(e, event);
    throw e.error("TypeError", message);
  };
  // A new list each time: a listener added while the event is handled is not called for it.
  const add =
    (isFirst: boolean): NativeFunction =>
    (self, [event, listener]) => {
      const object = owner(self);
      const key = named(event);
      if (!(listener instanceof EspFunction) && !isString(listener)) {
        throw e.error("TypeError", "Second argument must be a function or a String");
      }
      const known = listenersOf(object.props?.get(key));
      define(object, key, new EspArray(isFirst ? [listener, ...known] : [...known, listener]));
      e.allocated += 3 + 2 * known.length;
      if (key === "#ondata") giveBuffered(e, object);
      return undefined;
    };
  methods(e, "Object", {
    on: add(false),
    addListener: add(false),
    prependListener: add(true),
    emit: (self, [event, ...args]) => {
      const object = owner(self);
      const key = named(event);
      if (args.length > ARGS_MAX) throw e.error("TypeError", `Too many arguments (>${ARGS_MAX})`);
      const listeners = object.props?.get(key);
      if (listeners !== undefined) {
        const fn = native("emit", () => void runListeners(e, object, listeners, args));
        e.enqueue(fn, object, args);
      }
      return undefined;
    },
    removeListener: (self, [event, listener]) => {
      const list = owner(self).props?.get(named(event));
      if (list instanceof EspArray) {
        const index = list.items.indexOf(listener);
        if (index >= 0) delete list.items[index];
      }
      return undefined;
    },
    removeAllListeners: (self, [event]) => {
      const object = owner(self);
      if (event !== undefined) {
        object.props?.delete(named(event, "First argument must be String or undefined"));
        return undefined;
      }
      for (const key of [...(object.props?.keys() ?? [])]) {
        if (key.startsWith(PREFIX)) object.props!.delete(key);
      }
      return undefined;
    },
  });
}

/** Data that came before anybody listened goes to the listeners now. */
function giveBuffered(e: Engine, object: EspObject): void {
  const buffered = object.props?.get("\xffbuf");
  if (!isString(buffered)) return;
  object.props?.delete("\xffbuf");
  const listeners = object.props?.get("#ondata");
  const fn = native("emit", () => void runListeners(e, object, listeners, [buffered]));
  e.enqueue(fn, object, [buffered]);
}

const listenersOf = (value: Value): Value[] =>
  value instanceof EspArray ? Object.values(value.items) : value === undefined ? [] : [value];

/** Call a list of listeners (or one); all of them run, the last exception is reported. */
export function runListeners(e: Engine, self: Value, listeners: Value, args: Value[]): void {
  let failed: EspThrow | undefined;
  e.isEventStopped = false;
  e.isInEvent = true;
  for (const listener of listenersOf(listeners)) {
    try {
      if (listener instanceof EspFunction) e.call(listener, self, args);
      else if (isString(listener)) e.evaluate(toText(e, listener), { file: "" });
    } catch (thrown) {
      failed = e.caught(thrown);
      e.frame = null;
    }
    if (e.isEventStopped) break;
  }
  e.isEventStopped = false;
  e.isInEvent = false;
  if (failed) throw failed;
}
