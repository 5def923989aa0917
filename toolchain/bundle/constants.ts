/**
 * Constants of the program cost variables at rest. Numbers and short texts are written where they are used, and tables
 * that are seldom read, the few named here, become functions that make them: memory at rest against time at each reading.
 */
import type MagicString from "magic-string";
import { analyseScopes, type Binding } from "./scopes.ts";
import { type AnyNode, type Program, visit } from "./syntax-tree.ts";

/** Read when the camera is set up, configured, checks in or starts. Nothing changes them, or compares them by identity. */
const RARELY_READ = ["CONFIG_ROWS", "TEXTS", "NUMBERS", "NAMES", "TARGET_KINDS", "WAKE_CAUSES"];
/** Bytes that a constant may cost for the variables it saves, written in all places instead of its name. */
const BYTES_MORE = 6;

export function placeConstants(code: MagicString, program: Program): void {
  // The program and the function around its modules: the variables of others go when they return.
  for (const { names } of analyseScopes(program).all.slice(0, 2))
    for (const binding of names.values()) place(code, binding);
}

function place(code: MagicString, { name, onlyValue, references }: Binding): void {
  if (!onlyValue) return;
  const text = code.original.slice(onlyValue.start, onlyValue.end);
  const isTable = RARELY_READ.includes(name) && isLiteral(onlyValue);
  const bytesMore = (references.length - 1) * text.length - 2 * references.length;
  if (!isTable && !(isConstant(onlyValue) && bytesMore <= BYTES_MORE)) return;
  const isMade = isTable && references.length > 1;
  for (const { node, parent } of references) {
    const value = isMade ? `${name}()` : isTable ? text : `(${text})`;
    const isShorthand = parent?.type === "Property" && parent.shorthand;
    code.update(node.start, node.end, isShorthand ? `${name}:${value}` : value);
  }
  if (isMade) code.update(onlyValue.start, onlyValue.end, `function(){return ${text}}`);
}

const isConstant = (node: AnyNode): boolean =>
  (node.type === "UnaryExpression" && node.operator === "-" && isConstant(node.argument)) ||
  (node.type === "Literal" && (typeof node.value === "number" || typeof node.value === "string"));

/** Made of literals alone: the same whenever it is made. */
function isLiteral(table: AnyNode): boolean {
  let isSame = true;
  visit(table, ({ type }) => {
    isSame &&= LITERALS.includes(type);
    return undefined;
  });
  return isSame;
}

const LITERALS = [
  "ArrayExpression",
  "ObjectExpression",
  "Property",
  // A key: names of variables do not stand in the tables above.
  "Identifier",
  "Literal",
  "UnaryExpression",
];
