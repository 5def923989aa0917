/** Binary operators: number with number is done here, everything else in operators.ts. */
import type { Node } from "../ast.ts";
import { isInt32 } from "../format.ts";
import { OPERATORS } from "../operators.ts";
import type { Value } from "../value.ts";
import type { Context, Ex } from "./context.ts";
import type { Region } from "./scope.ts";

/** Number with number is done here; everything else in operators.ts. */
export function binary(c: Context, node: Extract<Node, { t: "binary" }>, region: Region): Ex {
  const { e } = c;
  const { op, pos } = node;
  // Comparing with nothing asks whether something exists.
  const isQuestion = isEquality(op) && (isNothing(node.a) || isNothing(node.b));
  const a = isQuestion ? c.test(node.a, region) : c.ex(node.a, region);
  const b = isQuestion ? c.test(node.b, region) : c.ex(node.b, region);
  const slow = OPERATORS[op]!;
  const other = (f: Parameters<Ex>[0], x: Value, y: Value): Value => {
    f.pos = pos;
    e.frame = f;
    return slow(e, x, y);
  };
  const fast = FAST[op];
  return fast ? fast(a, b, other) : (f) => other(f, a(f), b(f));
}

type Slow = (f: Parameters<Ex>[0], x: Value, y: Value) => Value;

type Fast = (a: Ex, b: Ex, slow: Slow) => Ex;

const FAST: Record<string, Fast> = {
  "+": (a, b, slow) => (f) => {
    const x = a(f);
    const y = b(f);
    return typeof x === "number" && typeof y === "number" ? x + y : slow(f, x, y);
  },
  "-": (a, b, slow) => (f) => {
    const x = a(f);
    const y = b(f);
    return typeof x === "number" && typeof y === "number" ? x - y : slow(f, x, y);
  },
  "*": (a, b, slow) => (f) => {
    const x = a(f);
    const y = b(f);
    return typeof x === "number" && typeof y === "number" ? x * y + 0 : slow(f, x, y);
  },
  "/": (a, b, slow) => (f) => {
    const x = a(f);
    const y = b(f);
    return typeof x === "number" && typeof y === "number" ? x / y : slow(f, x, y);
  },
  "<": (a, b, slow) => (f) => {
    const x = a(f);
    const y = b(f);
    return typeof x === "number" && typeof y === "number" ? x < y : slow(f, x, y);
  },
  "<=": (a, b, slow) => (f) => {
    const x = a(f);
    const y = b(f);
    return typeof x === "number" && typeof y === "number" ? x <= y : slow(f, x, y);
  },
  ">": (a, b, slow) => (f) => {
    const x = a(f);
    const y = b(f);
    return typeof x === "number" && typeof y === "number" ? x > y : slow(f, x, y);
  },
  ">=": (a, b, slow) => (f) => {
    const x = a(f);
    const y = b(f);
    return typeof x === "number" && typeof y === "number" ? x >= y : slow(f, x, y);
  },
  "===": (a, b, slow) => (f) => {
    const x = a(f);
    const y = b(f);
    return typeof x === "number" && typeof y === "number" ? x === y : slow(f, x, y);
  },
  "!==": (a, b, slow) => (f) => {
    const x = a(f);
    const y = b(f);
    return typeof x === "number" && typeof y === "number" ? x !== y : slow(f, x, y);
  },
  "==": (a, b, slow) => (f) => {
    const x = a(f);
    const y = b(f);
    return typeof x === "number" && typeof y === "number" ? x === y : slow(f, x, y);
  },
  "!=": (a, b, slow) => (f) => {
    const x = a(f);
    const y = b(f);
    return typeof x === "number" && typeof y === "number" ? x !== y : slow(f, x, y);
  },
  "&": (a, b, slow) => (f) => {
    const x = a(f);
    const y = b(f);
    return isInt(x) && isInt(y) ? x & y : slow(f, x, y);
  },
  "|": (a, b, slow) => (f) => {
    const x = a(f);
    const y = b(f);
    return isInt(x) && isInt(y) ? x | y : slow(f, x, y);
  },
  "^": (a, b, slow) => (f) => {
    const x = a(f);
    const y = b(f);
    return isInt(x) && isInt(y) ? x ^ y : slow(f, x, y);
  },
};

const isInt = (v: Value): v is number => typeof v === "number" && isInt32(v);

const isEquality = (op: string): boolean =>
  op === "==" || op === "!=" || op === "===" || op === "!==";
const isNothing = (node: Node): boolean =>
  node.t === "const" && (node.value === undefined || node.value === null);
