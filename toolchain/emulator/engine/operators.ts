/** Binary operators on values. Numbers take the short way; the rest follows the real interpreter's order of tests. */
import { asNumber, doubleToInt, isNumericText, toInt, toNumber, typeName } from "./convert.ts";
import type { Engine } from "./engine.ts";
import { isInt32 } from "./format.ts";
import { has, keyText, prototypeOf } from "./properties.ts";
import { primitive, toText } from "./text.ts";
import { ARRAY, EspFunction, EspObject, EspPin, isString, PLAIN, type Value } from "./value.ts";

const LONG_TEXT = 10_000;

export type Operator = (e: Engine, a: Value, b: Value) => Value;

const isNumeric = (v: Value): v is number | boolean =>
  typeof v === "number" || typeof v === "boolean";
const isNumericOrNone = (v: Value): boolean => isNumeric(v) || v === undefined || v === null;
const isIntegerish = (v: Value): boolean =>
  typeof v === "boolean" || (typeof v === "number" && isInt32(v));

function add(e: Engine, a0: Value, b0: Value): Value {
  // A pin is a number to a number, but its name to a text.
  const a = a0 instanceof EspPin ? a0 : primitive(e, a0);
  const b = b0 instanceof EspPin ? b0 : primitive(e, b0);
  if (a === undefined && b === undefined) return undefined;
  const isSum =
    (isNumericOrNone(a) || a instanceof EspPin) && (isNumericOrNone(b) || b instanceof EspPin);
  if (isSum) return toNumber(e, a) + toNumber(e, b);
  const text = toText(e, a) + toText(e, b);
  // A long text may not fit by itself: then it is refused before the next look at memory.
  if (text.length < LONG_TEXT) e.allocated += 1 + text.length / 10;
  else e.reserve(1 + text.length / 10);
  return text;
}

const MATH: Record<string, (a: number, b: number) => number> = {
  "-": (a, b) => a - b,
  "*": (a, b) => a * b + 0,
  "/": (a, b) => a / b,
  "%": (a, b) => modulo(a, b),
};

export function modulo(a: number, b: number): number {
  if (isInt32(a) && isInt32(b)) return b === 0 ? Number.NaN : (a % b) + 0;
  return a % b;
}

function math(op: string): Operator {
  const run = MATH[op]!;
  return (e, a0, b0) => {
    const a = primitive(e, a0);
    const b = primitive(e, b0);
    if (a === undefined && b === undefined) return undefined;
    return run(toNumber(e, a), toNumber(e, b));
  };
}

const BITS: Record<string, (a: number, b: number) => number> = {
  "&": (a, b) => a & b,
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "<<": (a, b) => a << b,
  ">>": (a, b) => a >> b,
  ">>>": (a, b) => a >>> b,
};

function bits(op: string): Operator {
  const run = BITS[op]!;
  return (e, a, b) => {
    if (typeof a === "number" && typeof b === "number") return run(doubleToInt(a), doubleToInt(b));
    const x = primitive(e, a);
    const y = primitive(e, b);
    if (x === undefined && y === undefined) return undefined;
    return run(toInt(e, x), toInt(e, y));
  };
}

/** Numbers to compare, or undefined when both must be compared as text. */
function numbersOf(e: Engine, a: Value, b: Value): [number, number] | undefined {
  let asInts = false;
  let asNumbers = isNumericOrNone(a) && isNumericOrNone(b);
  if (isNumeric(a) && isString(b)) {
    asNumbers = true;
    asInts = isIntegerish(a) && isNumericText(toText(e, b), false);
  } else if (isNumeric(b) && isString(a)) {
    asNumbers = true;
    asInts = isIntegerish(b) && isNumericText(toText(e, a), false);
  }
  if (!asNumbers) return undefined;
  if (asInts) return [toInt(e, a), toInt(e, b)];
  return [compareNumber(e, a), compareNumber(e, b)];
}

/** null counts as zero when it is compared. */
const compareNumber = (e: Engine, v: Value): number => (v === null ? 0 : toNumber(e, v));

export function looseEqual(e: Engine, a0: Value, b0: Value): boolean {
  const a = primitive(e, a0);
  const b = primitive(e, b0);
  if (typeof a === "number" && typeof b === "number") return a === b;
  if (a === undefined && b === undefined) return true;
  if ((a === undefined || a === null) && (b === undefined || b === null)) return true;
  const numbers = numbersOf(e, a, b);
  if (numbers) return numbers[0] === numbers[1] && (a === null) === (b === null);
  if (isReference(a) || isReference(b)) {
    const isArrayA = a instanceof EspObject && a.kind === ARRAY;
    const isArrayB = b instanceof EspObject && b.kind === ARRAY;
    if (isArrayA === isArrayB) return sameObject(a, b);
  }
  if (a instanceof EspObject && a === b) return true;
  return toText(e, a) === toText(e, b);
}

const isReference = (v: Value): boolean => v instanceof EspObject && v.kind <= ARRAY;

/** Two references to one native function are equal even when they were looked up separately. */
function sameObject(a: Value, b: Value): boolean {
  if (a === b) return true;
  return (
    a instanceof EspFunction &&
    b instanceof EspFunction &&
    a.native !== undefined &&
    a.native === b.native &&
    a.boundArgs === b.boundArgs &&
    a.hasThis === b.hasThis
  );
}

export function strictEqual(e: Engine, a: Value, b: Value): boolean {
  if (typeof a === typeof b && typeof a !== "object") return a === b;
  if (isString(a) && isString(b)) return toText(e, a) === toText(e, b);
  if (a === null || b === null) return a === b;
  if (a instanceof EspObject && b instanceof EspObject) {
    if (a.kind !== b.kind) return false;
    // Buffers of one kind are compared by their contents, as text.
    return a === b || (a.kind > ARRAY ? looseEqual(e, a, b) : sameObject(a, b));
  }
  return false;
}

function compare(
  test: (order: number) => boolean,
  numeric: (a: number, b: number) => boolean,
): Operator {
  return (e, a0, b0) => {
    const a = primitive(e, a0);
    const b = primitive(e, b0);
    if (a === undefined && b === undefined) return undefined;
    const numbers = numbersOf(e, a, b);
    if (numbers) return numeric(numbers[0], numbers[1]);
    const x = toText(e, a);
    const y = toText(e, b);
    return test(x < y ? -1 : x > y ? 1 : 0);
  };
}

function isIn(e: Engine, a: Value, b: Value): boolean {
  if (b instanceof EspObject && b.kind <= ARRAY) return has(e, b, keyText(e, a));
  if (b instanceof EspObject) return has(e, b, keyText(e, a));
  const name = b === undefined || b === null ? "Object" : typeName(b);
  return e.methodTables.get(name)!.has(keyText(e, a));
}

function instanceOf(e: Engine, a: Value, b: Value): boolean {
  if (!(b instanceof EspFunction))
    throw e.error("Error", `Expecting function on RHS, got ${typeName(b)}`);
  if (a instanceof EspObject && (a.kind === PLAIN || a instanceof EspFunction)) {
    const target = prototypeOf(e, b);
    for (let proto = a.proto; proto; proto = proto.proto) if (proto === target) return true;
    if (b.native && b === e.global.props?.get("Object")) return true;
  }
  const name = a instanceof EspObject || a !== undefined ? typeName(a) : undefined;
  if (name && b === e.global.props?.get(name)) return true;
  return a instanceof EspObject && a.kind >= ARRAY && b === e.global.props?.get("Object");
}

export const OPERATORS: Record<string, Operator> = {
  "+": add,
  "==": looseEqual,
  "!=": (e, a, b) => !looseEqual(e, a, b),
  "===": strictEqual,
  "!==": (e, a, b) => !strictEqual(e, a, b),
  "<": compare(
    (o) => o < 0,
    (a, b) => a < b,
  ),
  "<=": compare(
    (o) => o <= 0,
    (a, b) => a <= b,
  ),
  ">": compare(
    (o) => o > 0,
    (a, b) => a > b,
  ),
  ">=": compare(
    (o) => o >= 0,
    (a, b) => a >= b,
  ),
  in: isIn,
  instanceof: instanceOf,
};
for (const op of Object.keys(MATH)) OPERATORS[op] = math(op);
for (const op of Object.keys(BITS)) OPERATORS[op] = bits(op);

export function negate(e: Engine, value: Value): number {
  const v = value === null ? Number.NaN : asNumber(e, value);
  return 0 - v;
}
