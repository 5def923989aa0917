/**
 * Small changes to the minified text: `default:` to the end of its switch, regular expressions in the form the
 * interpreter matches correctly, arithmetic on constants. What cannot be changed safely stays, and the checker refuses it.
 */

import type { ArrayExpression, SwitchCase, SwitchStatement } from "acorn";
import type MagicString from "magic-string";
import { checkPattern } from "./regexps.ts";
import { type AnyNode, type Program, visit } from "./syntax-tree.ts";

export function rewrite(code: MagicString, program: Program): void {
  const text = code.original;
  visit(program, (node) => {
    if (node.type === "SwitchStatement") moveDefault(code, node);
    if (node.type === "ArrayExpression") fillHoles(code, node);
    if (needsParentheses(text, node)) {
      code.prependRight(node.start, "(");
      code.appendLeft(node.end, ")");
    }
    if (needsSemicolon(text, node)) code.appendLeft(node.end, ";");
    if (node.type === "Literal" && node.regex) {
      const { pattern, flags } = node.regex;
      const { problem, pattern: better } = checkPattern(pattern, flags);
      if (!problem && better !== pattern) code.update(node.start, node.end, `/${better}/${flags}`);
    }
    const value = node.type === "BinaryExpression" ? numberOf(node) : undefined;
    if (value === undefined) return undefined;
    if (String(value).length <= node.end - node.start) {
      code.update(node.start, node.end, String(value));
    }
    return false;
  });
}

/** After `)` the interpreter takes a regular expression for a division, after `x++` a division for one. */
export function needsParentheses(text: string, node: AnyNode): boolean {
  if (node.type === "Literal" && node.regex)
    return /\)\s*$/.test(text.slice(0, node.start).slice(-9));
  if (node.type !== "UpdateExpression" || node.prefix) return false;
  return /^\s*\//.test(text.slice(node.end, node.end + 9));
}

/** `return` as the very last word of a function is an unexpected end of input. */
export function needsSemicolon(text: string, node: AnyNode): boolean {
  return node.type === "ReturnStatement" && !node.argument && text[node.end - 1] !== ";";
}

/** The interpreter cannot skip over `[1,,2]` in code that is not executed. */
function fillHoles(code: MagicString, node: ArrayExpression): void {
  let at = node.start + 1;
  for (const element of node.elements) {
    if (!element) code.appendLeft(at, "void 0");
    at = code.original.indexOf(",", element?.end ?? at) + 1;
  }
}

const ARITHMETIC: Record<string, (a: number, b: number) => number> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
};

/** Value of arithmetic on number literals, when it is a whole number that is written the same everywhere. */
function numberOf(node: AnyNode): number | undefined {
  if (node.type === "Literal") return typeof node.value === "number" ? node.value : undefined;
  if (node.type !== "BinaryExpression" || node.left.type === "PrivateIdentifier") return undefined;
  const apply = ARITHMETIC[node.operator];
  const left = apply && numberOf(node.left);
  const right = left === undefined ? undefined : numberOf(node.right);
  if (!apply || left === undefined || right === undefined) return undefined;
  const value = apply(left, right);
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Move `default:` behind the last case when no code can fall into it, out of it, or off the end. */
function moveDefault(code: MagicString, { cases }: SwitchStatement): void {
  const at = cases.findIndex(({ test }) => !test);
  const last = cases[cases.length - 1];
  const found = cases[at];
  if (!found || !last || found === last) return;
  // `case 1: default:` moves as a whole.
  let first = at;
  while (cases[first - 1]?.consequent.length === 0) first -= 1;
  const before = cases[first - 1];
  if (!leaves(found) || (before && !leaves(before))) return;
  if (!leaves(last)) {
    const text = code.original.slice(last.start, last.end);
    code.appendLeft(last.end, /[;}:]$/.test(text) ? "break;" : ";break;");
  } else if (!/[;}]$/.test(code.original.slice(last.start, last.end))) {
    code.appendLeft(last.end, ";");
  }
  code.move((cases[first] as SwitchCase).start, found.end, last.end);
}

const leaves = ({ consequent }: SwitchCase) => isExit(consequent[consequent.length - 1]);

function isExit(node: AnyNode | null | undefined): boolean {
  switch (node?.type) {
    case "BreakStatement":
    case "ContinueStatement":
    case "ReturnStatement":
    case "ThrowStatement":
      return true;
    case "BlockStatement":
      return isExit(node.body[node.body.length - 1]);
    case "IfStatement":
      return isExit(node.consequent) && isExit(node.alternate);
    default:
      return false;
  }
}
