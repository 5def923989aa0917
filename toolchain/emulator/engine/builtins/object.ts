/** Object and the methods every value has. */
import { basicName, elements, truthy, typeName } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { formatDouble, isInt32 } from "../format.ts";
import { define, find, get, hasOwn, keyText, MISSING, ownKeys } from "../properties.ts";
import { toText } from "../text.ts";
import {
  ARRAY,
  EspArray,
  EspBuffer,
  EspFunction,
  EspObject,
  EspView,
  isString,
  MemoryString,
  PLAIN,
  type Value,
} from "../value.ts";
import { addAccessor } from "../writing.ts";
import { classOf, table } from "./define.ts";

export function installObject(e: Engine): void {
  const objectTable = table({
    length: { get: (self) => lengthOf(self) },
    valueOf: (self: Value) => self,
    toString: (self: Value, [radix]: Value[]) => {
      if (typeof self === "number" && typeof radix === "number" && isInt32(radix)) {
        if (radix >= 2 && radix <= 36) {
          return isInt32(self) ? self.toString(radix) : formatDouble(self, radix);
        }
      }
      return toText(e, self);
    },
    clone: (self) => clone(e, self),
    hasOwnProperty: (self: Value, [key]: Value[]) => ownsProperty(e, self, keyText(e, key)),
  });
  e.methodTables.set("Object", objectTable);
  const fnOf = (name: string): EspFunction => (objectTable.get(name) as { fn: EspFunction }).fn;
  e.objectToString = fnOf("toString");
  e.objectValueOf = fnOf("valueOf");
  classOf(
    e,
    "Object",
    (_self, [value]) => {
      if (value instanceof EspObject && value.kind <= ARRAY) return value;
      const name = basicName(value);
      if (!name) return e.object();
      return e.call(e.touchObject(name), undefined, [value]);
    },
    {
      keys: (_self, [object]) => textArray(keysOf(object)),
      values: (_self, [object]) =>
        new EspArray(keysOf(object).map((key) => get(e, object, key, true))),
      entries: (_self, [object]) =>
        new EspArray(keysOf(object).map((key) => new EspArray([key, get(e, object, key, true)]))),
      fromEntries: (_self, [list]) => fromEntries(e, list),
      create: (_self, [proto, extra]) => create(e, proto, extra),
      assign: (_self, args) => assign(e, args),
      getPrototypeOf: (_self, [object]) => get(e, object, "__proto__", true),
      setPrototypeOf: (_self, [object, proto]) => {
        if (
          !(object instanceof EspObject) ||
          (object.kind !== PLAIN && !(object instanceof EspFunction))
        ) {
          throw e.error("TypeError", "Can't extend undefined");
        }
        object.proto = proto instanceof EspObject ? proto : null;
        return object;
      },
      defineProperty: (_self, [object, key, desc]) => defineProperty(e, object, key, desc),
      defineProperties: (_self, [object, props]) => {
        if (!isPlain(object)) {
          throw e.error("Error", `First argument must be Object, got ${typeName(object)}`);
        }
        if (!isPlain(props)) {
          throw e.error("Error", `Second argument must be Object, got ${typeName(props)}`);
        }
        for (const [key, desc] of props.props ?? []) defineProperty(e, object, key, desc);
        return object;
      },
      getOwnPropertyNames: (_self, [object]) => textArray(allNames(e, object)),
      getOwnPropertyDescriptor: (_self, [object, key]) => descriptor(e, object, keyText(e, key)),
      getOwnPropertyDescriptors: (_self, [object]) => {
        if (!(object instanceof EspObject) || object.kind > ARRAY) {
          throw e.error("TypeError", `First argument must be Object, got ${typeName(object)}`);
        }
        const all = e.object();
        for (const key of allNames(e, object)) define(all, key, descriptor(e, object, key));
        return all;
      },
    },
  );
  classOf(e, "Boolean", (_self, [value]) => truthy(value));
}

const isPlain = (value: Value): value is EspObject =>
  value instanceof EspObject && value.kind === PLAIN;

const textArray = (keys: string[]): EspArray => new EspArray(keys);

/** As Object.keys: `constructor` is shown here, unlike in for..in. */
const keysOf = (value: Value): string[] => ownKeys(value, false);

function lengthOf(self: Value): Value {
  if (self instanceof EspArray) return self.items.length;
  if (self instanceof EspView) return self.length;
  if (self instanceof EspBuffer) return self.bytes.length;
  if (self instanceof EspFunction)
    return self.code ? self.code.params.length : (self.boundArgs?.length ?? 0);
  if (isString(self)) return self instanceof MemoryString ? self.bytes.length : self.length;
  return undefined;
}

function ownsProperty(e: Engine, self: Value, key: string): boolean {
  if (hasOwn(self, key)) return true;
  if (self instanceof EspFunction && self.statics) return self.statics.has(key);
  return self === e.global && e.builtins.has(key);
}

/** A copy of the object's own level. */
export function clone(e: Engine, value: Value): Value {
  if (!(value instanceof EspObject)) return value;
  let copy: EspObject;
  if (value instanceof EspArray) copy = new EspArray(value.items.slice());
  else if (value instanceof EspFunction) {
    const fn = Object.assign(new EspFunction(), value);
    fn.props = undefined;
    copy = fn;
  } else if (value instanceof EspView) {
    copy = new EspView(value.type, value.buffer, value.byteOffset, value.length);
  } else if (value instanceof EspBuffer) copy = new EspBuffer(value.bytes.slice(), value.storage);
  else copy = new EspObject(value.proto);
  if (value.props) copy.props = new Map(value.props);
  if (value.accessors) copy.accessors = new Map(value.accessors);
  copy.library = value.library;
  e.allocated += 1 + 2 * (value.props?.size ?? 0);
  return copy;
}

function fromEntries(e: Engine, list: Value): Value {
  if (!(list instanceof EspArray)) return undefined;
  const object = e.object();
  for (const entry of elements(list)) {
    if (!(entry instanceof EspArray)) continue;
    const [key, value] = entry.items;
    if (isString(key)) define(object, toText(e, key), value);
  }
  return object;
}

function create(e: Engine, proto: Value, extra: Value): Value {
  if (!isPlain(proto) && proto !== null) {
    throw e.error(
      "TypeError",
      `Object prototype may only be an Object or null: ${typeName(proto)}`,
    );
  }
  if (isPlain(extra)) throw e.error("Error", "propertiesObject is not supported yet");
  const object = new EspObject(proto);
  e.allocated += 3;
  return object;
}

function assign(e: Engine, args: Value[]): Value {
  let result: EspObject | undefined;
  for (const arg of args) {
    if (arg === undefined || arg === null) continue;
    if (!isPlain(arg)) throw e.error("TypeError", `Expecting Object, got ${typeName(arg)}`);
    if (!result) {
      result = arg;
      continue;
    }
    for (const key of ownKeys(arg, true)) define(result, key, get(e, arg, key, true));
    e.allocated += 2 * (arg.props?.size ?? 0);
  }
  return result;
}

function defineProperty(e: Engine, object: Value, name: Value, desc: Value): Value {
  if (!(object instanceof EspObject) || object.kind > ARRAY) {
    throw e.error(
      "Error",
      `First argument must be Object, Function or Array, got ${typeName(object)}`,
    );
  }
  if (!isPlain(desc))
    throw e.error("Error", `Property description must be Object, got ${typeName(desc)}`);
  const key = keyText(e, name);
  const getter = desc.props?.get("get");
  const setter = desc.props?.get("set");
  if (getter !== undefined || setter !== undefined) {
    object.accessors?.delete(key);
    if (getter instanceof EspFunction) addAccessor(e, object, key, "get", getter);
    if (setter instanceof EspFunction) addAccessor(e, object, key, "set", setter);
  } else {
    define(object, key, desc.props?.get("value"));
    object.accessors?.delete(key);
  }
  const writable = desc.props?.get("writable");
  if (writable !== undefined && !truthy(writable)) {
    object.accessors ??= new Map();
    if (!object.accessors.has(key)) object.accessors.set(key, "readonly");
  }
  e.allocated += 3;
  return object;
}

/** Own names and, for built-ins, what their tables list. */
function allNames(e: Engine, object: Value): string[] {
  const names = new Set(keysOf(object));
  const maker = isPlain(object) ? object.props?.get("constructor") : undefined;
  if (maker instanceof EspFunction) {
    const own = maker.methods ?? (maker.native ? e.methodTables.get(maker.name) : undefined);
    for (const name of (own ?? e.methodTables.get("Object")!).keys()) names.add(name);
  } else if (object instanceof EspFunction) {
    for (const name of object.statics?.keys() ?? []) names.add(name);
  } else if (object === e.global) for (const name of e.builtins.keys()) names.add(name);
  if (object instanceof EspArray || isString(object)) names.add("length");
  return [...names];
}

function descriptor(e: Engine, object: Value, key: string): Value {
  if (!ownsProperty(e, object, key)) return undefined;
  const accessor = object instanceof EspObject ? object.accessors?.get(key) : undefined;
  const isOwn = hasOwn(object, key);
  const out = e.object({
    writable: accessor !== "readonly",
    enumerable: key !== "constructor" && !key.startsWith("\xff"),
    configurable: isOwn,
  });
  if (accessor && accessor !== "readonly") {
    define(out, "get", accessor.get);
    define(out, "set", accessor.set);
  } else {
    const value = find(e, object, key);
    define(out, "value", value === MISSING ? undefined : value);
  }
  return out;
}
