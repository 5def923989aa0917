/** What E.toString and its like take: numbers and everything that can be gone through, as bytes. */
import { elements, toInt, typeName, viewGet } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { inspect, isPlainObject } from "../inspect.ts";
import { toText } from "../text.ts";
import {
  EspArray,
  EspBuffer,
  EspFunction,
  type EspObject,
  EspView,
  isString,
  type Value,
} from "../value.ts";

/** How messages show a value. */
const SHOWN = { someNewlines: true, pretty: true, useToJson: true };

/** Bytes of numbers, strings, arrays, `{data, count}` and `{callback}`, in order. */
export function gather(e: Engine, args: Value[]): number[] {
  // Counted first, then taken: a callback is called twice.
  const counted: number[] = [];
  for (const arg of args) collect(e, arg, counted);
  const out: number[] = [];
  if (args.some(isPlainObject)) for (const arg of args) collect(e, arg, out);
  else return counted;
  return out.slice(0, counted.length);
}

function collect(e: Engine, value: Value, out: number[]): void {
  if (typeof value === "number" || typeof value === "boolean") out.push(toInt(e, value) & 255);
  else if (isString(value)) {
    const source = toText(e, value);
    for (let i = 0; i < source.length; i++) out.push(source.charCodeAt(i));
  } else if (value instanceof EspView) {
    for (let i = 0; i < value.length; i++) out.push(toInt(e, viewGet(value, i)) & 255);
  } else if (value instanceof EspBuffer) for (const byte of value.bytes) out.push(byte);
  else if (value instanceof EspArray) for (const item of elements(value)) collect(e, item, out);
  else if (value instanceof EspFunction) {
    // Parameters are members without a value.
    if (value.code?.params.length) collect(e, undefined, out);
  } else if (isPlainObject(value)) collectDescribed(e, value, out);
  else {
    throw e.error("TypeError", `Expecting Number or iterable, got ${typeName(value)}`);
  }
}

/** An object that says what to repeat, or whom to ask. */
function collectDescribed(e: Engine, object: EspObject, out: number[]): void {
  const callback = object.props?.get("callback");
  if (callback instanceof EspFunction) {
    const made = e.call(callback, undefined, []);
    if (made !== undefined) collect(e, made, out);
    return;
  }
  const data = object.props?.get("data");
  const count = object.props?.get("count");
  if (data === undefined || (typeof count !== "number" && typeof count !== "boolean")) {
    const form = "{data : ..., count : N} or {callback : fn}";
    throw e.error(
      "TypeError",
      `If specifying an object, it must be of the form ${form} - got ${inspect(e, object, SHOWN)}`,
    );
  }
  for (let left = toInt(e, count); left > 0; left--) {
    collect(e, data, out);
    if (left % 1024 === 0) e.reserve(out.length / e.layout.bytesPerVar);
  }
}
