/** Expressions, by the precedence rules of the real recursive-descent parser. */
import type { Node } from "../ast.ts";
import { arrowFunction, classDefinition, functionDefinition, template } from "./functions.ts";
import { arrayLiteral, objectLiteral, regex } from "./literals.ts";
import { literalNumber } from "./numbers.ts";
import type { Grammar, ParseState } from "./state.ts";

const UNDEFINED: Node = { t: "const", value: undefined };
const ASSIGNMENTS = new Set("= += -= *= /= %= &= |= ^= >>= <<= >>>=".split(" "));
const PRECEDENCE: Record<string, number> = { "??": 1, "||": 1, "&&": 2, "|": 3, "^": 4, "&": 5 };
for (const op of ["==", "!=", "===", "!=="]) PRECEDENCE[op] = 6;
for (const op of ["<=", ">=", "<", ">", "instanceof", "in"]) PRECEDENCE[op] = 7;
for (const op of ["<<", ">>", ">>>"]) PRECEDENCE[op] = 8;
for (const op of ["+", "-"]) PRECEDENCE[op] = 9;
for (const op of ["*", "/", "%"]) PRECEDENCE[op] = 10;

/** Expressions separated by commas. */
export function expression(p: ParseState): Node {
  const first = assignment(p);
  if (!p.at(",") || p.failed) return first;
  const items = [p.take(first)];
  while (p.at(",") && !p.failed) {
    p.next();
    items.push(assignment(p));
    if (p.at(",")) p.take(items.at(-1)!);
  }
  if (p.failed) return p.broken(...items);
  return { t: "comma", items };
}

export function assignment(p: ParseState): Node {
  const target = conditional(p);
  const op = p.lex.tk;
  if (!ASSIGNMENTS.has(op) || p.failed) return target;
  p.next();
  const value = p.take(assignment(p));
  if (p.failed) return target.t === "id" ? p.broken(value) : p.broken(target, value);
  if (op !== "=") p.take(target);
  return { t: "assign", op, target, value, pos: p.lex.lastStart };
}

function conditional(p: ParseState): Node {
  const test = binary(p, unary(p), 0);
  if (!p.at("?") || p.failed) return test;
  p.next();
  p.take(test);
  const yes = p.take(assignment(p));
  if (p.failed || !p.match(":")) return p.broken(test, yes);
  const no = p.take(assignment(p));
  const node: Node = { t: "conditional", test, yes, no };
  return p.failed ? p.broken(node) : node;
}

function precedence(p: ParseState): number {
  if (p.isForInit && p.at("in")) return 0;
  return PRECEDENCE[p.lex.tk] ?? 0;
}

function binary(p: ParseState, left: Node, above: number): Node {
  let a = left;
  for (let level = precedence(p); level > above && !p.failed; level = precedence(p)) {
    const op = p.lex.tk;
    p.next();
    p.take(a);
    const b = p.take(binary(p, unary(p), level));
    if (op === "&&" || op === "||" || op === "??") a = { t: "logical", op, a, b };
    else a = { t: "binary", op, a, b, pos: p.lex.lastStart };
    if (p.failed) return p.broken(a.t === "binary" ? a.a : a, a.t === "binary" ? b : undefined);
  }
  return a;
}

function unary(p: ParseState): Node {
  const op = p.lex.tk;
  if (op !== "!" && op !== "~" && op !== "-" && op !== "+") return postfix(p);
  p.next();
  const a = p.take(unary(p));
  if (p.failed) return p.broken(a);
  if (op === "-" && a.t === "const" && typeof a.value === "number") {
    return { t: "const", value: 0 - a.value };
  }
  return { t: "unary", op, a, pos: p.lex.lastStart };
}

function postfix(p: ParseState): Node {
  let a: Node;
  const op = p.lex.tk;
  if (op === "++" || op === "--") {
    p.next();
    const target = p.take(postfix(p));
    if (p.failed) return p.broken(target);
    a = { t: "update", op, isPrefix: true, target, pos: p.lex.lastStart };
  } else a = call(p);
  while ((p.at("++") || p.at("--")) && !p.failed) {
    const after = p.lex.tk;
    p.next();
    a = { t: "update", op: after, isPrefix: false, target: p.take(a), pos: p.lex.lastStart };
  }
  return a;
}

/** `.name` and `[index]`, any number of them. */
function members(p: ParseState, first: Node): Node {
  let a = first;
  while ((p.at(".") || p.at("[")) && !p.failed) {
    if (p.at(".")) {
      p.next();
      if (!p.lex.isWord()) {
        p.match("ID");
        return p.broken(a);
      }
      a = { t: "dot", object: p.take(a), name: p.lex.word(), pos: p.lex.lastStart };
      p.next();
    } else {
      p.next();
      const index = p.take(assignment(p));
      if (p.failed || !p.match("]")) return p.broken(index);
      a = { t: "index", object: p.take(a), index, pos: p.lex.lastStart };
    }
  }
  return a;
}

export function call(p: ParseState): Node {
  let isNew = false;
  if (p.at("new")) {
    p.next();
    isNew = true;
    if (p.at("new")) return p.fail("Error", "Nesting 'new' operators is unsupported");
  }
  let a: Node;
  if (p.at("super")) {
    p.next();
    a = { t: "super", isCall: p.at("("), pos: p.lex.lastStart };
  } else a = factor(p);
  a = members(p, a);
  if (p.failed) return a;
  if (p.at("TEMPLATE")) {
    return p.broken(a, p.fail("SyntaxError", "Tagged Templates are not supported"));
  }
  while ((p.at("(") || isNew) && !p.failed) {
    const callee = p.take(a);
    const calleePos = p.lex.lastStart;
    const args: Node[] = [];
    if (p.at("(")) {
      p.next();
      while (!p.at(")") && !p.at("EOF") && !p.failed) {
        args.push(p.take(assignment(p)));
        if (!p.at(")")) p.match(",");
      }
      p.match(")");
      if (p.failed) return p.broken(callee, ...args);
    }
    a = { t: isNew ? "new" : "call", callee, args, calleePos, pos: p.lex.lastStart };
    isNew = false;
    a = members(p, a);
  }
  return a;
}

function literal(p: ParseState, value: undefined | null | boolean | number | string): Node {
  const { fault } = p.lex;
  if (fault && !p.isSkipping) return p.fail("Error", fault);
  p.next();
  return { t: "const", value };
}

function factor(p: ParseState): Node {
  const { lex } = p;
  switch (lex.tk) {
    case "ID":
      return identifier(p);
    case "INT":
    case "FLOAT":
      return literal(p, literalNumber(lex.value, p.at("FLOAT")));
    case "STR":
      return literal(p, lex.value);
    case "(":
      p.next();
      return bracketed(p);
    case "true":
      return literal(p, true);
    case "false":
      return literal(p, false);
    case "null":
      return literal(p, null);
    case "undefined":
      p.next();
      return UNDEFINED;
    case "TEMPLATE":
      return template(p);
    case "REGEX":
      return regex(p);
    case "{":
      return objectLiteral(p);
    case "[":
      return arrayLiteral(p);
    case "function":
      p.next();
      return functionDefinition(p, true);
    case "class":
      p.next();
      return classDefinition(p, true);
    case "this":
      p.next();
      return { t: "this" };
    case "delete":
    case "typeof":
    case "void":
      return wordOperator(p, lex.tk);
  }
  if (!p.match("EOF")) return p.failed!;
  return p.fail("SyntaxError", "Unexpected end of Input");
}

function wordOperator(p: ParseState, op: "delete" | "typeof" | "void"): Node {
  p.next();
  const a = op === "delete" ? members(p, factor(p)) : unary(p);
  if (p.failed) return p.broken(op === "delete" ? undefined : a);
  return { t: op, a, pos: p.lex.lastStart };
}

function identifier(p: ParseState): Node {
  const name = p.lex.value;
  p.next();
  if (p.at("=>")) return arrowFunction(p, [name]);
  if (p.at("TEMPLATE")) {
    return p.fail("SyntaxError", "Tagged template literals not supported");
  }
  return { t: "id", name, pos: p.lex.lastStart };
}

/** After an opening bracket: an expression, or the parameters of an arrow function. */
function bracketed(p: ParseState): Node {
  const items: Node[] = [];
  while (!p.at(")") && !p.failed) {
    items.push(assignment(p));
    if (!p.at(")")) p.match(",");
  }
  if (p.failed || !p.match(")")) {
    // The last name may still be a parameter: it is not looked up.
    return p.broken(...(items.at(-1)?.t === "id" ? items.slice(0, -1) : items));
  }
  const names = items.flatMap((item) => (item.t === "id" ? [item.name] : []));
  if (p.at("=>") && names.length === items.length) return arrowFunction(p, names);
  if (items.length === 0) return UNDEFINED;
  if (items.length === 1) return items[0]!;
  // Of names before the last the value is never taken, so they may be missing.
  const taken = items.filter((item, i) => i === items.length - 1 || item.t !== "id");
  return taken.length === 1 ? taken[0]! : { t: "comma", items: taken };
}

export const GRAMMAR: Grammar = { expression, assignment };
