/** E: the functions that need no hardware. The board adds the rest to the same table. */
import { isIndexKey, toInt, toNumber, truthy, typeName, viewGet, viewSet } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { castInt } from "../format.ts";
import { toJS } from "../inspect.ts";
import { toText } from "../text.ts";
import {
  EspArray,
  EspBuffer,
  EspFunction,
  EspObject,
  EspView,
  isString,
  MemoryString,
  type Value,
} from "../value.ts";
import { libraryOf } from "./define.ts";
import { fourier } from "./fourier.ts";
import { gather } from "./gather.ts";
import { isIterable, numbersIn } from "./lists.ts";
import { clip } from "./math.ts";
import { ELEMENT_TYPES, newView } from "./typed.ts";

const NEEDLE_MAX = 64;

export function installE(e: Engine): void {
  const text = (isFlat: boolean) => (_self: Value, args: Value[]) => toStringX(e, args, isFlat);
  libraryOf(e, "E", {
    toString: text(false),
    toFlatString: text(true),
    toUint8Array: (_self, args) => {
      const bytes = gather(e, args);
      const view = newView(e, ELEMENT_TYPES.Uint8Array, bytes.length);
      view.buffer.bytes.set(bytes);
      return view;
    },
    toArrayBuffer: (_self, [value]) => {
      if (!isString(value)) return undefined;
      const source = toText(e, value);
      const bytes = Uint8Array.from(source, (c) => c.charCodeAt(0));
      const storage = value instanceof MemoryString ? value.kind : "chain";
      return new EspBuffer(bytes, storage);
    },
    toJS: (_self, [value]) => toJS(e, value),
    asUTF8: () => {
      throw e.error("Error", "Unicode not supported on this build");
    },
    fromUTF8: () => undefined,
    isUTF8: () => false,
    decodeUTF8: (_self, [value, lookup, replacement]) => decodeUtf8(e, value, lookup, replacement),
    CRC32: (_self, [data]) => crc32(bytesIn(e, data)),
    sum: (_self, [list]) => {
      if (
        !isString(list) &&
        !(list instanceof EspArray || list instanceof EspView || list instanceof EspBuffer)
      ) {
        throw e.error("Error", `First argument must be Array, not ${typeName(list)}`);
      }
      return numbersIn(e, list).reduce((total, v) => total + v, 0);
    },
    variance: (_self, [list, mean]) => {
      if (!isIterable(list))
        throw e.error("Error", `First argument must iterable, not ${typeName(list)}`);
      const middle = toNumber(e, mean);
      return numbersIn(e, list).reduce((total, v) => total + (v - middle) ** 2, 0);
    },
    convolve: (_self, [a, b, offset]) => convolve(e, a, b, toInt(e, offset)),
    FFT: (_self, [re, im, inverse]) => fourier(e, re, im, truthy(inverse)),
    mapInPlace: (_self, [from, to, map, bits]) => mapInPlace(e, from, to, map, toInt(e, bits)),
    clip: (_self, [x, low, high]) => clip(toNumber(e, x), toNumber(e, low), toNumber(e, high)),
    reverseByte: (_self, [value]) => {
      let v = toInt(e, value) & 255;
      let out = 0;
      for (let i = 0; i < 8; i++, v >>= 1) out = (out << 1) | (v & 1);
      return out;
    },
    HSBtoRGB: (_self, [h, s, b, format]) =>
      hsb(e, toNumber(e, h), toNumber(e, s), toNumber(e, b), toInt(e, format)),
    lookupNoCase: (_self, [haystack, needle, returnsKey]) => {
      if (!(haystack instanceof EspObject) || haystack.kind > 2) return undefined;
      const wanted = toText(e, needle);
      if (wanted.length >= NEEDLE_MAX)
        throw e.error("Error", "Search string is too long (>=64 chars)");
      for (const [key, value] of haystack.props ?? []) {
        if (key.toLowerCase() === wanted.toLowerCase()) return truthy(returnsKey) ? key : value;
      }
      return undefined;
    },
    getSizeOf: (_self, [value, depth]) => sizes(e, value, toInt(e, depth)),
    getAddressOf: () => 0,
    stopEventPropagation: () => {
      if (!e.isInEvent) {
        throw e.error("Error", "E.stopEventPropagation() called when not handling events");
      }
      e.isEventStopped = true;
      return undefined;
    },
    hwRand: () => Math.floor(e.host.random() * 2 ** 32) | 0,
    srand: () => undefined,
    defrag: () => undefined,
    dumpFragmentation: () => undefined,
  });
}

/** One string goes through as it is; bytes of a whole buffer are shared. */
function toStringX(e: Engine, args: Value[], isFlat: boolean): Value {
  const [only] = args;
  if (args.length === 1 && isString(only)) {
    if (!isFlat || (only instanceof MemoryString && only.kind === "flat")) return only;
  }
  const bytes = gather(e, args);
  let out = "";
  for (const byte of bytes) out += String.fromCharCode(byte);
  e.reserve(1 + out.length / 10);
  return isFlat || out.length >= e.layout.flatMin ? new MemoryString(out, "flat") : out;
}

const bytesIn = (e: Engine, list: Value): number[] | undefined =>
  isIterable(list) ? numbersIn(e, list).map((v) => v & 255) : undefined;

function crc32(bytes: number[] | undefined): Value {
  if (!bytes) return undefined;
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}

function convolve(e: Engine, a: Value, b: Value, offset: number): Value {
  if (!isIterable(a) || !isIterable(b)) {
    throw e.error(
      "Error",
      `Expecting first 2 arguments to be iterable, not ${typeName(a)} and ${typeName(b)}`,
    );
  }
  const other = numbersIn(e, b);
  const { length } = other;
  const start = ((offset % length) + length) % length;
  return numbersIn(e, a).reduce((total, v, i) => total + v * (other[(start + i) % length] ?? 0), 0);
}

function mapInPlace(e: Engine, from: Value, to: Value, map: Value, bitsValue: number): Value {
  if (!(from instanceof EspView) || !(to instanceof EspView)) {
    throw e.error("Error", "First 2 arguments should be array buffers");
  }
  const isList = map instanceof EspArray || map instanceof EspView;
  if (map !== undefined && !isList && !(map instanceof EspFunction)) {
    throw e.error("Error", "Third argument should be a function or array");
  }
  const isMsbFirst = bitsValue >= 0;
  const width = 8 * from.type.size;
  const bits = Math.abs(bitsValue) || width;
  const mask = bits >= 32 ? -1 : (1 << bits) - 1;
  let held = 0;
  let have = 0;
  let at = 0;
  for (let i = 0; i < to.length && (at < from.length || have >= bits); i++) {
    const index = at;
    for (; have < bits; have += width) {
      const next = toInt(e, viewGet(from, at++));
      held = isMsbFirst ? (width >= 32 ? next : (held << width) | next) : held | (next << have);
    }
    let v = (isMsbFirst ? held >> (have - bits) : held) & mask;
    if (!isMsbFirst) held >>= bits;
    have -= bits;
    if (map instanceof EspFunction) v = toNumber(e, e.call(map, undefined, [v, index]));
    else if (map instanceof EspArray) v = toNumber(e, map.items[v]);
    else if (map instanceof EspView) v = viewGet(map, v) ?? Number.NaN;
    viewSet(to, i, to.type.isFloat ? v : toInt(e, v));
  }
  return undefined;
}

function hsb(e: Engine, hue: number, sat: number, bri: number, format: number): Value {
  const rgb = hsbInt(hue, sat, bri);
  if (format === 0 || format === 24) return rgb;
  const [r, g, b] = [rgb & 255, (rgb >> 8) & 255, (rgb >> 16) & 255];
  if (format === 16) return (b >> 3) | ((g >> 2) << 5) | ((r >> 3) << 11);
  if (format !== 1) throw e.error("Error", "HSBtoRGB's format arg expects undefined/1/16/24");
  return e.array([r, g, b]);
}

function hsbInt(hue: number, sat: number, bri: number): number {
  if (bri === 0) return 0;
  if (sat === 0) {
    const grey = Math.trunc(bri * 255);
    return (grey << 16) | (grey << 8) | grey;
  }
  const turn = (hue - Math.floor(hue)) * 6;
  const sector = castInt(turn) % 6;
  const part = turn - Math.trunc(turn);
  const full = bri * 255;
  const [v, x, y, z] = [
    full,
    (1 - sat) * full,
    (1 - sat * part) * full,
    (1 - sat * (1 - part)) * full,
  ].map(castInt) as [number, number, number, number];
  const sectors: [number, number, number][] = [
    [v, z, x],
    [y, v, x],
    [x, v, z],
    [x, y, v],
    [z, x, v],
    [v, x, y],
  ];
  const [r, g, b] = sectors[sector] ?? [0, 0, 0];
  return (b << 16) | (g << 8) | r;
}

/** Code points above 255 are looked up in an array or object, then given to a function, or replaced. */
function decodeUtf8(e: Engine, value: Value, lookup: Value, replacement: Value): Value {
  if (!isString(value)) throw e.error("Error", "First argument must be String");
  const text = toText(e, value);
  let out = "";
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    let more = 0;
    if ((code & 0xe0) === 0xc0) [code, more] = [code & 0x1f, 1];
    else if ((code & 0xf0) === 0xe0) [code, more] = [code & 0x0f, 2];
    else if ((code & 0xf8) === 0xf0) [code, more] = [code & 0x07, 3];
    for (; more > 0; more--) code = (code << 6) | ((text.charCodeAt(++i) || 0) & 0x3f);
    if (code <= 255) {
      out += String.fromCharCode(code);
      continue;
    }
    let found: Value;
    if (lookup instanceof EspArray) found = lookup.items[code];
    else if (lookup instanceof EspObject) found = lookup.props?.get(String(code));
    if (found === undefined && replacement instanceof EspFunction) {
      found = e.call(replacement, undefined, [code]);
    }
    if (found === undefined && isString(replacement)) found = replacement;
    if (found !== undefined) out += toText(e, found);
  }
  return out;
}

function sizes(e: Engine, value: Value, depth: number): Value {
  if (depth <= 0 || !(value instanceof EspObject) || value.kind > 2) return e.sizeOf(value);
  const list: Value[] = [];
  const entries = [
    ...(value instanceof EspArray ? Object.entries(value.items) : []),
    ...(value.props?.entries() ?? []),
  ];
  for (const [key, item] of entries) {
    const entry: Record<string, Value> = {
      name: isIndexKey(key) ? Number(key) : key,
      size: e.sizeOf(item),
    };
    if (depth > 1) entry.more = sizes(e, item, depth - 1);
    list.push(e.object(entry));
  }
  return e.array(list);
}
