/** Values as text, and the plain value of an object: both may call the program's own methods. */
import { elements } from "./convert.ts";
import type { Engine } from "./engine.ts";
import { formatNumber } from "./format.ts";
import { functionText } from "./function-text.ts";
import { find, MISSING } from "./properties.ts";
import {
  ARRAY,
  BUFFER,
  EspArray,
  EspFunction,
  EspObject,
  EspPin,
  FUNCTION,
  MemoryString,
  PLAIN,
  type Value,
  VIEW,
} from "./value.ts";

export function toText(e: Engine, value: Value): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return formatNumber(value);
    case "boolean":
      return value ? "true" : "false";
    case "undefined":
      return "undefined";
  }
  if (value === null) return "null";
  if (value instanceof MemoryString) return value.bytes;
  if (value instanceof EspPin) return value.name;
  switch (value.kind) {
    case PLAIN:
      return objectText(e, value);
    case FUNCTION:
      return `function ${functionText(value as EspFunction, false)}`;
    case ARRAY:
    case BUFFER:
    case VIEW:
      return join(e, value, ",", true);
  }
  return "";
}

function objectText(e: Engine, object: EspObject): string {
  const own = find(e, object, "toString");
  if (own === MISSING || own === e.objectToString || !own) return "[object Object]";
  return toText(e, e.call(own as Value, object, []));
}

/** Elements joined; null and undefined are empty unless `keepsNull`. */
export function join(
  e: Engine,
  list: Value,
  filler: string | undefined,
  ignoresNull: boolean,
): string {
  const show = (item: Value): string =>
    item === undefined || (item === null && ignoresNull) ? "" : toText(e, item);
  const glue = filler ?? "";
  if (list instanceof EspArray) {
    if (list.isVisited) return "";
    list.isVisited = true;
    const parts: string[] = [];
    for (let i = 0; i < list.items.length; i++) parts.push(show(list.items[i]));
    list.isVisited = false;
    return parts.join(glue);
  }
  return elements(list).map(show).join(glue);
}

/** The number a plain object becomes in arithmetic: its primitive, if it has one. */
export function primitive(e: Engine, value: Value): Value {
  if (!(value instanceof EspObject)) return value;
  if (value instanceof EspPin) return value.pin;
  if (value.kind !== PLAIN) return value;
  const method = find(e, value, "valueOf");
  if (!(method instanceof EspFunction) || method === e.objectValueOf) return value;
  return e.call(method, value, []);
}
