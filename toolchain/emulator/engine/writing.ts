/** Writing and removing properties: setters, read-only ones, and what may not be created on what. */
import { isIndexKey, toInt, toNumber, typeName, viewSet } from "./convert.ts";
import type { Engine } from "./engine.ts";
import { isInt32 } from "./format.ts";
import { cannotCreate, find, keyText, MISSING } from "./properties.ts";
import {
  type Accessor,
  ARRAY,
  EspArray,
  EspBuffer,
  type EspFunction,
  EspObject,
  EspView,
  MemoryString,
  PLAIN,
  type Value,
} from "./value.ts";

/** Writing `object[key] = value`. */
export function setIndexed(e: Engine, object: Value, key: Value, value: Value): void {
  if (typeof key === "number" && isInt32(key) && key >= 0) {
    if (object instanceof EspArray) {
      if (object.accessors === undefined) {
        if (key >= object.items.length) e.allocated += 2;
        if (!(key in object.items)) e.touchClass("Array");
        object.items[key] = value;
        return;
      }
    } else if (object instanceof EspView) {
      viewSet(object, key, object.type.isFloat ? toNumber(e, value) : toInt(e, value));
      return;
    }
  }
  const name = keyText(e, key);
  if (typeof object === "string" || object instanceof MemoryString) {
    const text = typeof object === "string" ? object : object.bytes;
    if (isIndexKey(name) && Number(name) < text.length) {
      throw e.error("Error", "Unable to assign value to non-reference String");
    }
    if (isIndexKey(name)) return;
  }
  if (object instanceof EspView && isIndexKey(name)) {
    viewSet(object, Number(name), object.type.isFloat ? toNumber(e, value) : toInt(e, value));
    return;
  }
  if (object instanceof EspBuffer && isIndexKey(name)) {
    const index = Number(name);
    if (index < object.bytes.length) object.bytes[index] = toInt(e, value);
    return;
  }
  if (!(object instanceof EspObject && object.kind <= ARRAY)) {
    if (
      find(e, object, name) !== MISSING &&
      (typeof object === "string" || object instanceof MemoryString)
    )
      return;
    throw e.error("Error", `${cannotCreate(name)} on ${typeName(object)}`);
  }
  set(e, object, name, value);
}

/** Writing `object.key = value`. */
export function set(e: Engine, object: Value, key: string, value: Value): void {
  if (!(object instanceof EspObject)) {
    if (object === undefined || object === null) {
      throw e.error("Error", `Can't read property '${key}' of ${object}`);
    }
    if (typeof object === "string" || object instanceof MemoryString) return;
    throw e.error("Error", `${cannotCreate(key)} on ${typeName(object)}`);
  }
  if (object.kind > ARRAY) throw e.error("Error", `${cannotCreate(key)} on ${typeName(object)}`);
  if (object.accessors !== undefined) {
    const accessor = object.accessors.get(key);
    if (accessor === "readonly") throw e.error("TypeError", "Assignment to a constant");
    if (accessor) {
      runSetter(e, accessor, object, value);
      return;
    }
  }
  if (object.props?.has(key)) {
    object.props.set(key, value);
    return;
  }
  if (e.hasAccessors) {
    const accessor = inheritedAccessor(e, object, key);
    if (accessor) {
      runSetter(e, accessor, object, value);
      return;
    }
  }
  if (key === "__proto__") {
    object.proto = value instanceof EspObject ? value : null;
    return;
  }
  if (object instanceof EspArray) {
    if (key === "length") throw e.error("TypeError", "Assignment to a constant");
    if (isIndexKey(key)) {
      object.items[Number(key)] = value;
      e.allocated += 2;
      return;
    }
  }
  object.props ??= new Map();
  object.props.set(key, value);
  e.allocated += 2;
}

function runSetter(e: Engine, accessor: Accessor, self: EspObject, value: Value): void {
  if (accessor.set) e.call(accessor.set, self, [value]);
}

function inheritedAccessor(e: Engine, object: EspObject, key: string): Accessor | undefined {
  let at: EspObject | null | undefined = object.proto;
  if (!at) at = object.kind === PLAIN ? e.userPrototype("Object") : undefined;
  for (; at; at = at.proto) {
    const accessor = at.accessors?.get(key);
    if (accessor && accessor !== "readonly") return accessor;
    if (at.props?.has(key)) return undefined;
  }
  return undefined;
}

/** `delete`: true if the object had it itself. */
export function remove(object: Value, key: string): boolean {
  if (!(object instanceof EspObject)) return false;
  if (object instanceof EspArray && isIndexKey(key)) {
    const index = Number(key);
    if (!(index in object.items)) return false;
    delete object.items[index];
    return true;
  }
  if (key === "__proto__" && object.proto) {
    object.proto = null;
    return true;
  }
  object.accessors?.delete(key);
  return object.props?.delete(key) ?? false;
}

/** Add a getter or setter, keeping the other half if there is one. */
export function addAccessor(
  e: Engine,
  object: EspObject,
  key: string,
  half: "get" | "set",
  fn: EspFunction,
): void {
  e.hasAccessors = true;
  object.props ??= new Map();
  object.props.set(key, undefined);
  object.accessors ??= new Map();
  const known = object.accessors.get(key);
  const accessor: Accessor =
    known && known !== "readonly" ? known : { get: undefined, set: undefined };
  accessor[half] = fn;
  object.accessors.set(key, accessor);
}
