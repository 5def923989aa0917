/**
 * What kind of built-in value an expression has, as far as the text of the program tells. Used to refuse methods that
 * one kind lacks and another has. Unknown is the usual answer, and always a safe one.
 */
import { STATIC, TYPED_ARRAYS } from "./builtins.ts";
import type { DialectContext } from "./dialect-context.ts";
import { type AnyNode, memberName } from "./syntax-tree.ts";

/** Without Object's own names, as in builtins.ts. */
const table = <T>(entries: Record<string, T>): Record<string, T> =>
  Object.assign(Object.create(null), entries);

const FROM_ARRAY: Record<string, string> = table({
  ...kinds("Array", "concat fill filter map reverse slice sort splice"),
  ...kinds("String", "join toString"),
  ...kinds("Number", "indexOf findIndex push unshift"),
});

const FROM_STRING: Record<string, string> = table({
  ...kinds("Array", "split match"),
  ...kinds(
    "String",
    `charAt concat padEnd padStart repeat replace replaceAll slice substr substring toLowerCase toUpperCase trim
    removeAccents toString`,
  ),
  ...kinds("Number", "charCodeAt indexOf lastIndexOf"),
});

const FROM_CALL: Record<string, Record<string, string>> = table({
  Array: FROM_ARRAY,
  String: FROM_STRING,
  Number: kinds("String", "toFixed toString"),
  Date: kinds("String", "toISOString toString toJSON toUTCString"),
  Promise: kinds("Promise", "then catch"),
});

const FROM_STATIC: Record<string, string> = table({
  ...kinds("Array", "Object.keys Object.values Object.entries Object.getOwnPropertyNames"),
  ...kinds("String", "String.fromCharCode JSON.stringify E.toString E.toJS"),
  ...kinds("Promise", "Promise.resolve Promise.reject Promise.all"),
  ...kinds("Number", "Date.now Date.parse"),
});

const FROM_GLOBAL: Record<string, string> = table({
  ...kinds("String", "String btoa atob encodeURIComponent decodeURIComponent"),
  ...kinds("Number", "Number parseInt parseFloat getTime"),
  Array: "Array",
});

function kinds(kind: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(/\s+/).map((name) => [name, kind]));
}

const DEPTH_MAX = 6;

export function kindOf(context: DialectContext, node: AnyNode, depth = 0): string | undefined {
  if (depth > DEPTH_MAX) return undefined;
  const next = (inner: AnyNode) => kindOf(context, inner, depth + 1);
  switch (node.type) {
    case "Literal":
      if (node.regex) return "RegExp";
      return { string: "String", number: "Number", boolean: "Boolean" }[
        typeof node.value as string
      ];
    case "ArrayExpression":
      return "Array";
    case "FunctionExpression":
      return "Function";
    case "Identifier":
      return kindOfVariable(context, node, next);
    case "MemberExpression":
      return memberName(node) === "constructor" ? "Function" : undefined;
    case "UnaryExpression":
      return node.operator === "typeof" ? "String" : node.operator === "!" ? "Boolean" : undefined;
    case "BinaryExpression":
      if (node.operator !== "+" || node.left.type === "PrivateIdentifier") return undefined;
      return next(node.left) === "String" || next(node.right) === "String" ? "String" : undefined;
    case "AssignmentExpression":
      return node.operator === "=" ? next(node.right) : undefined;
    case "SequenceExpression":
      return next(node.expressions[node.expressions.length - 1] as AnyNode);
    case "ConditionalExpression":
      return same(next(node.consequent), next(node.alternate));
    case "LogicalExpression":
      return same(next(node.left), next(node.right));
    case "NewExpression":
      return node.callee.type === "Identifier" ? kindOfNew(context, node.callee) : undefined;
    case "CallExpression":
      return node.callee.type === "Super" ? undefined : kindOfCall(context, node.callee, next);
    default:
      return undefined;
  }
}

const same = (a: string | undefined, b: string | undefined) => (a === b ? a : undefined);

type Next = (node: AnyNode) => string | undefined;

function kindOfVariable(
  { bindings }: DialectContext,
  node: AnyNode & { type: "Identifier" },
  next: Next,
): string | undefined {
  const binding = bindings.get(node);
  if (binding?.kind === "function") return "Function";
  return binding?.onlyValue ? next(binding.onlyValue) : undefined;
}

function kindOfNew(
  { bindings }: DialectContext,
  callee: AnyNode & { type: "Identifier" },
): string | undefined {
  if (bindings.has(callee) || !STATIC[callee.name]) return undefined;
  if (TYPED_ARRAYS.has(callee.name)) return "TypedArray";
  if (callee.name.endsWith("Error")) return "Error";
  return callee.name;
}

function kindOfCall(context: DialectContext, callee: AnyNode, next: Next): string | undefined {
  if (callee.type === "Identifier") {
    return context.bindings.has(callee) ? undefined : FROM_GLOBAL[callee.name];
  }
  const name = memberName(callee);
  if (callee.type !== "MemberExpression" || name === undefined) return undefined;
  const { object } = callee;
  if (object.type === "Identifier" && !context.bindings.has(object)) {
    const found = FROM_STATIC[`${object.name}.${name}`];
    if (found) return found;
    if (object.name === "Math") return "Number";
  }
  const receiver = object.type === "Super" ? undefined : next(object);
  if (receiver) return FROM_CALL[receiver]?.[name];
  if (context.defined.has(name)) return undefined;
  // Only strings can be split, only numbers have decimals.
  return { split: "Array", toFixed: "String", toUpperCase: "String", toLowerCase: "String" }[name];
}
