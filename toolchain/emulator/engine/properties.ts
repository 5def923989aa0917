/**
 * Finding, reading and writing properties: own ones first, then explicit prototypes, then the symbol tables of
 * built-ins. Touching a built-in class creates its object and prototype for good, as in the real interpreter, which
 * is why it costs JsVars the first time.
 */
import { basicName, isIndexKey, typeName, viewGet } from "./convert.ts";
import type { Engine } from "./engine.ts";
import { isInt32 } from "./format.ts";
import { quote } from "./quote.ts";
import { STANDARD_MEMBERS } from "./standard.ts";
import {
  type Accessor,
  ARRAY,
  type Builtin,
  EspArray,
  EspBuffer,
  EspFunction,
  EspObject,
  EspView,
  MemoryString,
  PLAIN,
  type Value,
} from "./value.ts";

export const MISSING: unique symbol = Symbol("no such property");
export type Found = Value | typeof MISSING;

/** The property as found anywhere, getters run. MISSING if there is none. */
export function find(e: Engine, value: Value, key: string): Found {
  if (value instanceof EspObject) {
    const own = value.props?.get(key);
    if (own !== undefined) return own;
    if (value.props?.has(key)) {
      const accessor = value.accessors?.get(key);
      return accessor && accessor !== "readonly" ? runGetter(e, accessor, value) : undefined;
    }
    if (value instanceof EspArray && isIndexKey(key)) {
      const index = Number(key);
      if (index in value.items) return value.items[index];
    }
    if (value instanceof EspView && isIndexKey(key)) return viewGet(value, Number(key));
    if (value instanceof EspBuffer && isIndexKey(key)) return value.bytes[Number(key)];
    if (value instanceof EspFunction) {
      if (key === "prototype") return prototypeOf(e, value);
      if (key === "\xffcod") return value.code?.source.text || MISSING;
    }
  } else if (typeof value === "string" || value instanceof MemoryString) {
    const text = typeof value === "string" ? value : value.bytes;
    if (key === "length") return text.length;
    if (isIndexKey(key)) return text[Number(key)] ?? MISSING;
  } else if (value === undefined) return MISSING;
  else if (value === null) {
    const builtin = e.methodTables.get("Object")!.get(key);
    return builtin && "fn" in builtin ? builtin.fn : MISSING;
  }
  return findInherited(e, value, key);
}

function findInherited(e: Engine, value: Value, key: string): Found {
  if (value instanceof EspObject && value.kind === PLAIN) {
    let at = value.proto ?? e.userPrototype("Object");
    for (let i = 0; at && at !== value && i < 100; i++) {
      const own = at.props?.get(key);
      if (own !== undefined) return own;
      if (at.props?.has(key)) {
        const accessor = at.accessors?.get(key);
        return accessor && accessor !== "readonly" ? runGetter(e, accessor, value) : undefined;
      }
      const next: EspObject | undefined = at.proto ?? e.userPrototype("Object");
      if (next === at) break;
      at = next;
    }
  } else {
    for (let name = basicName(value); name; name = parentClass(name)) {
      const proto = e.touchClass(name);
      const own = proto?.props?.get(key);
      if (own !== undefined) return own;
      if (proto?.props?.has(key)) {
        const accessor = proto.accessors?.get(key);
        return accessor && accessor !== "readonly" ? runGetter(e, accessor, value) : undefined;
      }
    }
  }
  const builtin = findBuiltin(e, value, key);
  if (builtin !== undefined) {
    if ("fn" in builtin) return builtin.fn;
    const got = builtin.get(value);
    return got === undefined ? MISSING : got;
  }
  if (key === "__proto__")
    return value instanceof EspObject && value.proto ? value.proto : defaultProto(e, value);
  return MISSING;
}

const VIEWS = /^(Uint8Clamped|Uint|Int|Float)\d*Array$/;
function parentClass(name: string): string | undefined {
  if (VIEWS.test(name)) return "ArrayBufferView";
  return name === "Object" ? undefined : "Object";
}

function defaultProto(e: Engine, value: Value): Found {
  const name = basicName(value);
  return name ? (e.touchClass(name) ?? MISSING) : MISSING;
}

/** What the symbol tables know about this value. */
export function findBuiltin(e: Engine, value: Value, key: string): Builtin | undefined {
  if (value instanceof EspFunction && value.statics) {
    const own = value.statics.get(key);
    if (own) return own;
  }
  const name = basicName(value);
  const table = VIEWS.test(name ?? "") ? "ArrayBufferView" : name;
  if (table && table !== "Object") {
    const found = e.methodTables.get(table)?.get(key);
    if (found) return found;
  }
  if (value instanceof EspObject && value.kind === PLAIN && value.proto) {
    const maker = value.proto.props?.get("constructor");
    if (maker instanceof EspFunction) {
      const found = maker.methods?.get(key);
      if (found) return found;
    }
  }
  return e.methodTables.get("Object")!.get(key);
}

/** A function's prototype object, made when first asked for. */
export function prototypeOf(e: Engine, fn: EspFunction): EspObject {
  const known = fn.props?.get("prototype");
  if (known instanceof EspObject) return known;
  const proto = new EspObject(null);
  define(fn, "prototype", proto);
  e.allocated += 3;
  return proto;
}

/** Make sure the prototype exists and points back. */
export function ensurePrototype(e: Engine, fn: EspFunction): EspObject {
  const known = fn.props?.get("prototype");
  if (
    known !== undefined &&
    !(known instanceof EspObject && (known.kind === PLAIN || known instanceof EspFunction))
  ) {
    throw e.error("TypeError", `Prototype should be an object, got ${typeName(known)}`);
  }
  const proto = prototypeOf(e, fn);
  if (!proto.props?.has("constructor")) e.allocated += 2;
  define(proto, "constructor", fn);
  return proto;
}

function runGetter(e: Engine, accessor: Accessor, self: Value): Value {
  return accessor.get ? e.call(accessor.get, self, []) : undefined;
}

/** Set an own property without asking anybody. */
export function define(object: EspObject, key: string, value: Value): void {
  if (object instanceof EspArray && isIndexKey(key)) {
    object.items[Number(key)] = value;
    return;
  }
  object.props ??= new Map();
  object.props.set(key, value);
}

/** Reading `object.key` in a program. */
export function get(e: Engine, object: Value, key: string, isLenient = false): Value {
  const found = find(e, object, key);
  if (found !== MISSING) return found;
  if (object === undefined || object === null) {
    throw e.error("Error", `Can't read property '${key}' of ${object}`);
  }
  if (!isLenient && e.strict) refuseUnknown(e, object, key);
  return undefined;
}

/** In strict mode what the real built-in lacks is an error that names it. */
function refuseUnknown(e: Engine, object: Value, key: string): void {
  let what: string | undefined;
  if (object instanceof EspObject && object.library) what = object.library;
  else if (object instanceof EspFunction && object.native && object.statics) what = object.name;
  else {
    const name = basicName(object);
    if (!name || !STANDARD_MEMBERS[name]?.has(key)) return;
    what = name === "Object" ? undefined : `${name}.prototype`;
  }
  if (what === undefined) return;
  e.host.missing(`${what}.${key}`);
  throw e.error("Error", `${what}.${key} does not exist in Espruino`);
}

/** Reading `object[key]`. */
export function getIndexed(e: Engine, object: Value, key: Value, isLenient = false): Value {
  if (typeof key === "number" && key >= 0) {
    if (object instanceof EspArray) {
      const item = object.items[key];
      if (item !== undefined || key in object.items) return item;
    } else if (object instanceof EspView) {
      if (isInt32(key)) return viewGet(object, key);
    } else if (typeof object === "string") {
      if (isInt32(key)) return object[key];
    }
  }
  const name = keyText(e, key);
  const found = find(e, object, name);
  if (found !== MISSING) return found;
  if (object instanceof EspObject && object.kind <= ARRAY) {
    if (!isLenient && e.strict) refuseUnknown(e, object, name);
    return undefined;
  }
  if ((typeof object === "string" || object instanceof MemoryString) && isIndexKey(name))
    return undefined;
  throw e.error("Error", `${cannotCreate(name)} on ${typeName(object)}`);
}

export const cannotCreate = (key: string): string =>
  `Field or method ${quote(key, false)} does not already exist, and can't create it`;

/** A value as the name of a property. */
export function keyText(e: Engine, key: Value): string {
  if (typeof key === "string") return key;
  if (typeof key === "number" && isInt32(key)) return String(key);
  return e.text(key);
}

/** Is there such a property, own or inherited (`in`)? */
export function has(e: Engine, object: Value, key: string): boolean {
  return find(e, object, key) !== MISSING;
}

export function hasOwn(object: Value, key: string): boolean {
  if (object instanceof EspArray && isIndexKey(key)) return Number(key) in object.items;
  return object instanceof EspObject && (object.props?.has(key) ?? false);
}

/** Names a program sees: hidden ones left out, `constructor` kept only where asked. */
export function ownKeys(value: Value, hidesConstructor: boolean): string[] {
  if (typeof value === "string" || value instanceof MemoryString) {
    const { length } = typeof value === "string" ? value : value.bytes;
    return Array.from({ length }, (_, i) => String(i));
  }
  if (!(value instanceof EspObject)) return [];
  const keys: string[] = [];
  if (value instanceof EspArray) for (const index in value.items) keys.push(index);
  if (value instanceof EspView) for (let i = 0; i < value.length; i++) keys.push(String(i));
  if (value instanceof EspBuffer) for (let i = 0; i < value.bytes.length; i++) keys.push(String(i));
  for (const key of value.props?.keys() ?? []) {
    if (key.charCodeAt(0) === 255) continue;
    if (key === "constructor" && hidesConstructor && value.kind === PLAIN) continue;
    keys.push(key);
  }
  return keys;
}
