/** ArrayBuffer and typed arrays, with Uint24Array and the 64 KB limit on where a view may start. */
import { elements, toInt, toNumber, typeName, viewGet, viewSet } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { toText } from "../text.ts";
import {
  type ElementType,
  EspArray,
  EspBuffer,
  EspFunction,
  EspObject,
  EspView,
  isString,
  PLAIN,
  type TypedArrayKind,
  type Value,
} from "../value.ts";
import { sharedMethods } from "./array.ts";
import { classOf, methods } from "./define.ts";
import { indexedEntries, isIterable } from "./lists.ts";

const OFFSET_MAX = 65535;
const LENGTH_MAX = 0xffffff;
const LITTLE = true;

const type = (
  name: TypedArrayKind,
  size: number,
  read: (data: DataView, at: number) => number,
  write: (data: DataView, at: number, value: number) => void,
  isFloat = false,
): ElementType => ({ name, size, isFloat, read, write });

const clamp = (v: number): number => (v < 0 ? 0 : v > 255 ? 255 : Math.trunc(v));

export const ELEMENT_TYPES: Record<TypedArrayKind, ElementType> = {
  Uint8Array: type(
    "Uint8Array",
    1,
    (d, at) => d.getUint8(at),
    (d, at, v) => d.setUint8(at, v),
  ),
  Uint8ClampedArray: type(
    "Uint8ClampedArray",
    1,
    (d, at) => d.getUint8(at),
    (d, at, v) => d.setUint8(at, clamp(v)),
  ),
  Int8Array: type(
    "Int8Array",
    1,
    (d, at) => d.getInt8(at),
    (d, at, v) => d.setInt8(at, v),
  ),
  Uint16Array: type(
    "Uint16Array",
    2,
    (d, at) => d.getUint16(at, LITTLE),
    (d, at, v) => d.setUint16(at, v, LITTLE),
  ),
  Int16Array: type(
    "Int16Array",
    2,
    (d, at) => d.getInt16(at, LITTLE),
    (d, at, v) => d.setInt16(at, v, LITTLE),
  ),
  Uint24Array: type(
    "Uint24Array",
    3,
    (d, at) => d.getUint16(at, LITTLE) | (d.getUint8(at + 2) << 16),
    (d, at, v) => {
      d.setUint16(at, v & 0xffff, LITTLE);
      d.setUint8(at + 2, (v >> 16) & 255);
    },
  ),
  Uint32Array: type(
    "Uint32Array",
    4,
    (d, at) => d.getUint32(at, LITTLE),
    (d, at, v) => d.setUint32(at, v, LITTLE),
  ),
  Int32Array: type(
    "Int32Array",
    4,
    (d, at) => d.getInt32(at, LITTLE),
    (d, at, v) => d.setInt32(at, v, LITTLE),
  ),
  Float32Array: type(
    "Float32Array",
    4,
    (d, at) => d.getFloat32(at, LITTLE),
    (d, at, v) => d.setFloat32(at, v, LITTLE),
    true,
  ),
  Float64Array: type(
    "Float64Array",
    8,
    (d, at) => d.getFloat64(at, LITTLE),
    (d, at, v) => d.setFloat64(at, v, LITTLE),
    true,
  ),
};

/** Data long enough to pay for it lies in one run. */
export function bufferOf(e: Engine, bytes: Uint8Array, storage: "flat" | "native"): EspBuffer {
  const kind = storage === "flat" && bytes.length < e.layout.flatMin ? "chain" : storage;
  if (storage === "flat") e.reserve(2 + bytes.length / e.layout.bytesPerVar);
  return new EspBuffer(bytes, kind);
}

export function newBuffer(e: Engine, byteLength: number): EspBuffer {
  if (byteLength < 0) throw e.error("Error", "Invalid length for ArrayBuffer");
  if (byteLength > LENGTH_MAX) throw e.error("Error", "ArrayBuffer too long");
  e.reserve(2 + byteLength / e.layout.bytesPerVar);
  return bufferOf(e, new Uint8Array(byteLength), "flat");
}

export function newView(e: Engine, kind: ElementType, length: number): EspView {
  return new EspView(kind, newBuffer(e, length * kind.size), 0, length);
}

/** Bytes of anything that has some; those of buffers are live. */
export function bytesOf(e: Engine, value: Value): Uint8Array | undefined {
  if (isString(value)) {
    const text = toText(e, value);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  }
  if (value instanceof EspBuffer) return value.bytes;
  if (value instanceof EspView) {
    const { bytes } = value.buffer;
    return bytes.subarray(value.byteOffset, value.byteOffset + value.length * value.type.size);
  }
  if (value instanceof EspArray) return Uint8Array.from(elements(value), (v) => toInt(e, v) & 255);
  return undefined;
}

export function installTyped(e: Engine): void {
  methods(e, "ArrayBuffer", {
    byteLength: { get: (self) => (self instanceof EspBuffer ? self.bytes.length : undefined) },
  });
  classOf(e, "ArrayBuffer", (_self, [length]) => newBuffer(e, toInt(e, length)));
  classOf(e, "ArrayBufferView", () => undefined);
  const view = (self: Value): EspView => {
    if (self instanceof EspView) return self;
    throw e.error("Error", "Can only be called on an ArrayBufferView");
  };
  methods(e, "ArrayBufferView", {
    ...sharedMethods(e),
    buffer: { get: (self) => (self instanceof EspView ? self.buffer : undefined) },
    byteLength: {
      get: (self) => (self instanceof EspView ? self.length * self.type.size : undefined),
    },
    byteOffset: { get: (self) => (self instanceof EspView ? self.byteOffset : undefined) },
    set: (self, [source, offset]) => setAll(e, view(self), source, toInt(e, offset)),
    map: (self, [fn, target]) => mapView(e, view(self), fn, target),
    subarray: (self, [start, end]) => subarray(e, view(self), toInt(e, start), end),
    indexOf: (self, [value, from]) => {
      const list = view(self);
      const wanted = list.type.isFloat ? toNumber(e, value) : toInt(e, value);
      for (let i = Math.max(0, toInt(e, from)); i < list.length; i++) {
        if (viewGet(list, i) === wanted) return i;
      }
      return -1;
    },
  });
  for (const kind of Object.values(ELEMENT_TYPES)) {
    classOf(e, kind.name, (_self, args) => construct(e, kind, args));
  }
}

function construct(e: Engine, kind: ElementType, args: Value[]): EspView {
  const [source, offsetValue, lengthValue] = args;
  let offset = toInt(e, offsetValue);
  let length = toInt(e, lengthValue);
  if (offset < 0 || offset > OFFSET_MAX) {
    throw e.error("Error", "byteOffset too large (or negative)");
  }
  let buffer: EspBuffer;
  let copied: Value;
  if (source instanceof EspBuffer) buffer = source;
  else if (typeof source === "number" || typeof source === "boolean") {
    length = toInt(e, source);
    offset = 0;
    buffer = newBuffer(e, kind.size * length);
  } else if (source instanceof EspArray || source instanceof EspView) {
    length = source instanceof EspArray ? source.items.length : source.length;
    offset = 0;
    buffer = newBuffer(e, kind.size * length);
    copied = source;
  } else throw e.error("Error", `Unsupported first argument of type ${typeName(source)}`);
  if (length === 0) length = Math.max(0, Math.trunc((buffer.bytes.length - offset) / kind.size));
  const made = new EspView(kind, buffer, offset, length);
  if (copied !== undefined) for (const [i, item] of indexedEntries(copied)) put(e, made, i, item);
  e.allocated++;
  return made;
}

const put = (e: Engine, list: EspView, index: number, value: Value): void =>
  viewSet(list, index, list.type.isFloat ? toNumber(e, value) : toInt(e, value));

/** Copies within one buffer work in either direction; what does not fit is left out. */
function setAll(e: Engine, self: EspView, source: Value, offset: number): Value {
  if (
    !isString(source) &&
    !(source instanceof EspObject && isIterable(source) && source.kind >= 2)
  ) {
    throw e.error("Error", `First argument must be Array, not ${typeName(source)}`);
  }
  const isText = isString(source);
  const values = isText ? [...bytesOf(e, source)!] : elements(source);
  values.forEach((value, i) => {
    if (offset + i >= 0) put(e, self, offset + i, value);
  });
  return undefined;
}

function mapView(e: Engine, self: EspView, fn: Value, target: Value): Value {
  if (!(fn instanceof EspFunction)) throw e.error("Error", "First argument must be a function");
  if (target !== undefined && !(target instanceof EspObject && target.kind === PLAIN)) {
    throw e.error("Error", "Second argument must be Object or undefined");
  }
  const out = newView(e, self.type, self.length);
  for (let i = 0; i < self.length; i++) {
    const mapped = e.call(fn, target, [viewGet(self, i), i, self]);
    if (mapped !== undefined) put(e, out, i, mapped);
  }
  return out;
}

function subarray(e: Engine, self: EspView, start: number, endValue: Value): Value {
  let from = start < 0 ? start + self.length : start;
  let to = typeof endValue === "number" ? toInt(e, endValue) : self.length;
  if (to < 0) to = Math.max(0, to + self.length);
  if (from > to) from = to = 0;
  if (from === to) return newView(e, self.type, 0);
  return construct(e, self.type, [self.buffer, self.byteOffset + from * self.type.size, to - from]);
}
