/**
 * What a program or erase operation leaves on the chip when the power goes in its middle. Which bits have changed by
 * then is not published by any manufacturer; these are models that bracket it, not measurements.
 */
import { Random } from "./random.ts";

const WORD_BYTES = 4;

export interface FlashOperation {
  /** 1 for the first operation since this object was made. */
  number: number;
  kind: "program" | "erase";
  /** Absolute flash address. */
  address: number;
  /** Bytes to program; absent for an erase. */
  data?: Uint8Array;
}

/**
 * - `none`: the power goes just before the operation.
 * - `prefix`: of a program operation the first `words` 32-bit words have arrived (default half of them).
 * - `random`: each bit that the operation should change has changed with an even chance, drawn from `seed`.
 * - `half-erase`: of an erased page the first half is blank and the second half as before.
 *
 * `prefix` leaves an erase, and `half-erase` a program operation, not begun.
 */
export type TornWrite =
  | "none"
  | "prefix"
  | "random"
  | "half-erase"
  | { kind: "none" | "half-erase" }
  | { kind: "prefix"; words: number }
  | { kind: "random"; seed: number };

/** The power went. Nothing of the running program may catch it. */
export class PowerCut extends Error {
  /** Absent when it went outside of one. */
  readonly operation: FlashOperation | undefined;

  constructor(operation?: FlashOperation) {
    super(`the power was cut${operation ? placeOf(operation) : ""}`);
    this.operation = operation;
  }
}

const placeOf = ({ number, kind, address }: FlashOperation): string =>
  ` at flash operation ${number} (${kind} at 0x${address.toString(16)})`;

/** Bytes on the chip after a torn operation. `before`: what was there, as long as the operation's range. */
export function torn(model: TornWrite, operation: FlashOperation, before: Uint8Array): Uint8Array {
  const { kind } = typeof model === "string" ? { kind: model } : model;
  const { data } = operation;
  const wanted = before.map((byte, at) => (data ? byte & (data[at] as number) : 0xff));
  if (kind === "random") return mixed(before, wanted, seedOf(model));
  if (kind === "prefix" && data) return spliced(wanted, before, prefixBytes(model, data.length));
  if (kind === "half-erase" && !data) return spliced(wanted, before, before.length / 2);
  return before;
}

function seedOf(model: TornWrite): number {
  return typeof model !== "string" && "seed" in model ? model.seed : 1;
}

function prefixBytes(model: TornWrite, length: number): number {
  if (typeof model !== "string" && "words" in model) return model.words * WORD_BYTES;
  return Math.floor(length / WORD_BYTES / 2) * WORD_BYTES;
}

function spliced(head: Uint8Array, tail: Uint8Array, headBytes: number): Uint8Array {
  return head.map((byte, at) => (at < headBytes ? byte : (tail[at] as number)));
}

/** Each bit in which the two differ comes from either one. */
function mixed(before: Uint8Array, after: Uint8Array, seed: number): Uint8Array {
  const random = new Random(seed);
  return before.map((byte, at) => {
    const mask = Math.floor(random.next() * 256);
    return (byte & mask) | ((after[at] as number) & ~mask);
  });
}
