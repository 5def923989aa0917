/**
 * Promise: resolve, reject, all, then, catch. Reactions run from the event queue, in one order with emitted events;
 * `state` is a visible property. Source: Espruino 2v29, measured.
 */
import { elements, typeName } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { define } from "../properties.ts";
import { EspArray, EspFunction, EspObject, isString, PLAIN, type Value } from "../value.ts";
import { classOf, methods, native } from "./define.ts";

const PENDING = 0;
const FULFILLED = 1;
const REJECTED = 2;
const STATE = "state";
const THEN = "\xffthn";
const CATCH = "\xffcat";
const VALUE = "\xffval";
const REMAINING = "\xffn";
const RESULT = "\xffres";
const CALLBACK = "cb";
const NEXT = "next";
const PROMISE = "prom";
const IS_RESOLVED = "resl";

export function installPromise(e: Engine): void {
  methods(e, "Promise", {
    // biome-ignore lint/suspicious/noThenProperty: the name of the method in the table
    then: (self, [onFulfilled, onRejected]) => then(e, self, onFulfilled, onRejected),
    catch: (self, [onRejected]) => then(e, self, undefined, onRejected),
  });
  classOf(e, "Promise", (_self, [executor]) => construct(e, executor), {
    resolve: (_self, [value]) => {
      if (isPromise(e, value)) return value;
      const follow = isPlain(value) ? value.props?.get("then") : undefined;
      if (follow instanceof EspFunction) return construct(e, follow, value);
      const { promise, box } = pendingPromise(e);
      settleLater(e, box, value, true);
      return promise;
    },
    reject: (_self, [value]) => {
      const { promise, box } = pendingPromise(e);
      settleLater(e, box, value, false);
      return promise;
    },
    all: (_self, [list]) => all(e, list),
  });
}

const isPlain = (value: Value): value is EspObject =>
  value instanceof EspObject && value.kind === PLAIN;

function isPromise(e: Engine, value: Value): value is EspObject {
  if (!isPlain(value) || !value.proto) return false;
  const maker = value.proto.props?.get("constructor");
  return maker !== undefined && maker === e.global.props!.get("Promise");
}

/** Settle the promise in the box later, through the event queue. */
function settleLater(e: Engine, box: EspObject, value: Value, isFulfilled: boolean): void {
  const fn = native("", (_self, [v]) => void settle(e, box, v, isFulfilled));
  fn.hasThis = true;
  fn.boundThis = box;
  e.enqueue(fn, box, [value]);
}

function pendingPromise(e: Engine): { promise: EspObject; box: EspObject } {
  const promise = new EspObject(e.touchClass("Promise") ?? null);
  define(promise, STATE, PENDING);
  const box = new EspObject(null);
  define(box, PROMISE, promise);
  e.allocated += 8;
  return { promise, box };
}

/** A function that settles the promise in the box later. */
function settler(e: Engine, box: EspObject, isFulfilled: boolean): EspFunction {
  const fn = native("", (_self, [value]) => {
    settleLater(e, box, value, isFulfilled);
    return undefined;
  });
  fn.hasThis = true;
  fn.boundThis = box;
  return fn;
}

function construct(e: Engine, executor: Value, self?: Value): Value {
  if (executor === undefined) throw e.error("Error", "Function required in promise constructor");
  const { promise, box } = pendingPromise(e);
  const args = [settler(e, box, true), settler(e, box, false)];
  const { frame } = e;
  try {
    e.call(executor, self ?? promise, args);
  } catch (thrown) {
    const caught = e.caught(thrown);
    e.frame = frame;
    settleLater(e, box, caught.value, false);
  }
  return promise;
}

/** Give the promise in the box its end, once; a promise or thenable is followed. */
function settle(e: Engine, box: EspObject, value: Value, isFulfilled: boolean): void {
  if (box.props!.get(IS_RESOLVED)) return;
  define(box, IS_RESOLVED, true);
  const promise = box.props!.get(PROMISE) as EspObject;
  if (value === promise) throw e.error("Error", "Illegal resolving to self");
  define(promise, VALUE, value);
  const follow = isFulfilled && isPlain(value) ? value.props?.get("then") : undefined;
  const follows = isFulfilled && (follow instanceof EspFunction || isPromise(e, value));
  if (!follows) {
    seal(e, promise, value, isFulfilled);
    return;
  }
  const inner = new EspObject(null);
  define(inner, PROMISE, promise);
  define(inner, IS_RESOLVED, false);
  const resolve = native("", (_self, [v]) => void settle(e, inner, v, true));
  const reject = native("", (_self, [v]) => void settle(e, inner, v, false));
  if (!(follow instanceof EspFunction)) {
    then(e, value, resolve, reject);
    return;
  }
  try {
    e.call(follow, value, [resolve, reject]);
  } catch (thrown) {
    settle(e, inner, e.caught(thrown).value, false);
  }
}

function seal(e: Engine, promise: EspObject, value: Value, isFulfilled: boolean): void {
  define(promise, STATE, isFulfilled ? FULFILLED : REJECTED);
  const reactions = promise.props!.get(isFulfilled ? THEN : CATCH);
  if (!(reactions instanceof EspArray)) {
    if (!isFulfilled) e.reject(value);
    return;
  }
  for (const reaction of elements(reactions)) {
    reactLater(e, promise, reaction as EspObject, value, isFulfilled);
  }
}

function reactLater(
  e: Engine,
  promise: EspObject,
  reaction: EspObject,
  value: Value,
  isThen: boolean,
): void {
  const fn = native("", () => void react(e, promise, reaction, value, isThen));
  fn.hasThis = true;
  fn.boundThis = promise;
  e.enqueue(fn, promise, [reaction, value, isThen]);
}

function react(
  e: Engine,
  promise: EspObject,
  reaction: EspObject,
  value: Value,
  isThen: boolean,
): void {
  const box = reaction.props!.get(NEXT) as EspObject;
  const callback = reaction.props!.get(CALLBACK);
  if (callback === undefined) {
    settle(e, box, value, isThen);
    return;
  }
  let result: Value;
  let isFulfilled = true;
  try {
    result = e.call(callback, promise, [value]);
  } catch (thrown) {
    result = e.caught(thrown).value;
    e.frame = null;
    isFulfilled = false;
  }
  settle(e, box, result, isFulfilled);
}

function then(e: Engine, self: Value, onFulfilled: Value, onRejected: Value): Value {
  if (!isPlain(self)) throw e.error("Error", 'Function "then" not found!');
  const { promise, box } = pendingPromise(e);
  const callback = (fn: Value): Value => (fn instanceof EspFunction ? fn : undefined);
  const state = self.props?.get(STATE);
  if (state === PENDING) {
    addReaction(e, self, THEN, box, callback(onFulfilled));
    addReaction(e, self, CATCH, box, callback(onRejected));
    return promise;
  }
  const reaction = reactionOf(e, box, callback(state === FULFILLED ? onFulfilled : onRejected));
  const value = self.props?.get(VALUE);
  // The real one passes a settled promise on as a rejection when there is no callback for its state.
  reactLater(e, self, reaction, value, false);
  return promise;
}

function reactionOf(e: Engine, box: EspObject, callback: Value): EspObject {
  const reaction = new EspObject(null);
  define(reaction, CALLBACK, callback);
  define(reaction, NEXT, box);
  e.allocated += 4;
  return reaction;
}

function addReaction(
  e: Engine,
  promise: EspObject,
  list: string,
  box: EspObject,
  callback: Value,
): void {
  const reaction = reactionOf(e, box, callback);
  const known = promise.props?.get(list);
  if (known instanceof EspArray) known.items.push(reaction);
  else define(promise, list, new EspArray([reaction]));
}

function all(e: Engine, list: Value): Value {
  if (!(list instanceof EspObject) && !isString(list)) {
    throw e.error("TypeError", `Expecting something iterable, got ${typeName(list)}`);
  }
  const { promise, box } = pendingPromise(e);
  const results = new EspArray([]);
  const entries = elements(list);
  let waiting = 0;
  entries.forEach((entry, index) => {
    if (!isPromise(e, entry)) {
      results.items[index] = entry;
      return;
    }
    waiting++;
    const resolve = native("", (_self, [value]) => {
      const collected = promise.props!.get(RESULT);
      if (!(collected instanceof EspArray)) return undefined;
      collected.items[index] = value;
      const left = Number(promise.props!.get(REMAINING)) - 1;
      define(promise, REMAINING, left);
      if (left === 0) settleLater(e, box, collected, true);
      return undefined;
    });
    const reject = native("", (_self, [value]) => {
      if (promise.props!.get(RESULT) === undefined) return undefined;
      promise.props!.delete(RESULT);
      settleLater(e, box, value, false);
      return undefined;
    });
    then(e, entry, resolve, reject);
  });
  if (waiting === 0) {
    settleLater(e, box, results, true);
    return promise;
  }
  define(promise, REMAINING, waiting);
  define(promise, RESULT, results);
  return promise;
}
