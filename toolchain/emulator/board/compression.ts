/**
 * require("heatshrink"): LZSS with a window of 256 bytes and matches of 2..64, as the firmware sets it up. A literal is
 * a 1 and eight bits, a match a 0, eight bits of distance - 1 and six of length - 1. Before the data lie zeros.
 */
import { EspBuffer, type EspObject, type Value } from "../engine/value.ts";
import type { Machine } from "./machine.ts";
import { library } from "./natives.ts";

const WINDOW = 256;
const DISTANCE_BITS = 8;
const LENGTH_BITS = 6;
const LENGTH_MAX = 1 << LENGTH_BITS;
const LENGTH_MIN = 2;

export function makeHeatshrink(machine: Machine): EspObject {
  const { engine } = machine;
  const using = (work: (data: Uint8Array) => Uint8Array) => (_self: Value, args: Value[]) => {
    const data = engine.bytesOf(args[0]);
    if (!data) {
      const found = engine.typeName(args[0]);
      throw engine.error("TypeError", `Expecting something iterable, got ${found}`);
    }
    const bytes = work(data);
    return new EspBuffer(bytes, bytes.length >= engine.layout.flatMin ? "flat" : "chain");
  };
  return library("heatshrink", { compress: using(compress), decompress: using(decompress) });
}

export function compress(data: Uint8Array): Uint8Array {
  const padded = new Uint8Array(WINDOW + data.length);
  padded.set(data, WINDOW);
  const out: number[] = [];
  let held = 0;
  let heldBits = 0;
  const put = (value: number, bits: number): void => {
    for (let bit = bits - 1; bit >= 0; bit--) {
      held = (held << 1) | ((value >> bit) & 1);
      if (++heldBits === 8) {
        out.push(held);
        [held, heldBits] = [0, 0];
      }
    }
  };
  for (let at = WINDOW; at < padded.length; ) {
    const { distance, length } = longestMatch(padded, at);
    if (length < LENGTH_MIN) {
      put(1, 1);
      put(padded[at++]!, 8);
    } else {
      put(0, 1);
      put(distance - 1, DISTANCE_BITS);
      put(length - 1, LENGTH_BITS);
      at += length;
    }
  }
  if (heldBits > 0) out.push(held << (8 - heldBits));
  return Uint8Array.from(out);
}

/** The nearest of the longest matches. */
function longestMatch(bytes: Uint8Array, at: number): { distance: number; length: number } {
  const most = Math.min(LENGTH_MAX, bytes.length - at);
  const best = { distance: 0, length: 0 };
  for (let from = at - 1; from >= at - WINDOW && best.length < most; from--) {
    let length = 0;
    while (length < most && bytes[from + length] === bytes[at + length]) length++;
    if (length > best.length) [best.distance, best.length] = [at - from, length];
  }
  return best;
}

export function decompress(data: Uint8Array): Uint8Array {
  const out: number[] = [];
  let at = 0;
  const take = (bits: number): number => {
    let value = 0;
    for (let i = 0; i < bits; i++, at++)
      value = (value << 1) | ((data[at >> 3]! >> (7 - (at & 7))) & 1);
    return value;
  };
  const has = (bits: number): boolean => at + bits <= data.length * 8;
  while (has(1)) {
    if (take(1) === 1) {
      if (!has(8)) break;
      out.push(take(8));
      continue;
    }
    if (!has(DISTANCE_BITS + LENGTH_BITS)) break;
    const distance = take(DISTANCE_BITS) + 1;
    for (let left = take(LENGTH_BITS) + 1; left > 0; left--)
      out.push(out[out.length - distance] ?? 0);
  }
  return Uint8Array.from(out);
}
