/**
 * Part of the dialect check: members of built-ins, and calls whose arguments the interpreter ignores or takes
 * differently from JavaScript.
 */
import type { CallExpression, MemberExpression, NewExpression } from "acorn";
import { INSTANCE, MISSING_ON_ALL, STANDARD, STATIC } from "./builtins.ts";
import type { DialectContext } from "./dialect-context.ts";
import { kindOf } from "./kinds.ts";
import { checkPattern } from "./regexps.ts";
import type { Scopes } from "./scopes.ts";
import { type AnyNode, memberName, type Program, stringOf, visit } from "./syntax-tree.ts";

/** Property names that the program defines, and those it adds to built-ins ("x.prototype.name = "). */
export function findDefined(
  program: Program,
  { free }: Scopes,
): { defined: Set<string>; added: Set<string> } {
  const defined = new Set<string>();
  const added = new Set<string>();
  const globals = new Set<AnyNode>(free.map(({ node }) => node));
  visit(program, (node) => {
    if (node.type === "Property") {
      const name = node.key.type === "Identifier" ? node.key.name : stringOf(node.key);
      if (name !== undefined) defined.add(name);
    }
    if (node.type === "AssignmentExpression" && node.left.type === "MemberExpression") {
      const name = memberName(node.left);
      if (name === undefined) return undefined;
      defined.add(name);
      const { object } = node.left;
      const owner =
        memberName(object) === "prototype" ? (object as MemberExpression).object : object;
      if (globals.has(owner)) added.add(name);
    }
    if (node.type === "CallExpression" && memberName(node.callee) === "defineProperty") {
      const name = stringOf(node.arguments[1]);
      if (name !== undefined) defined.add(name);
    }
    return undefined;
  });
  return { defined, added };
}

export function checkMember(
  context: DialectContext,
  node: AnyNode,
  ancestors: readonly AnyNode[],
): void {
  if (node.type !== "MemberExpression") return;
  const name = memberName(node);
  const parent = ancestors[ancestors.length - 1];
  const isTarget =
    (parent?.type === "AssignmentExpression" && parent.left === node) ||
    parent?.type === "UpdateExpression";
  if (name === "length" && isTarget) {
    context.report(node, "length", "assigning length throws: use splice or a new array");
  }
  if (name === undefined || isTarget) return;
  if (parent?.type === "UnaryExpression" && parent.operator === "typeof") return;
  const problem = memberProblem(context, node, name, parent);
  if (problem) context.report(propertyPlace(node), "builtin", problem);
}

/** The name, not the receiver: receivers may be long chains over several lines. */
const propertyPlace = ({ property }: MemberExpression) => property;

function memberProblem(
  context: DialectContext,
  node: MemberExpression,
  name: string,
  parent: AnyNode | undefined,
): string | undefined {
  const { object } = node;
  if (object.type === "Super" || context.added.has(name)) return undefined;
  if (object.type === "Identifier" && !context.bindings.has(object)) {
    if (object.name === "arguments" && name === "callee") return "arguments.callee does not exist";
    const known = STATIC[object.name];
    if (!known) return undefined;
    return known.has(name) ? undefined : `${object.name}.${name} does not exist`;
  }
  const builtin = prototypeOwner(context, object);
  if (builtin) {
    if (builtin === "Object" && name === "hasOwnProperty") return undefined;
    return `${builtin}.prototype.${name} reads as undefined: take the method from a value, [].slice.call(x)`;
  }
  const kind = kindOf(context, object);
  if (kind === undefined) {
    const isCall = parent?.type === "CallExpression" && parent.callee === node;
    if (!isCall || !MISSING_ON_ALL.has(name) || context.defined.has(name)) return undefined;
    return `no built-in has a method ${name}, and the program defines none`;
  }
  const known = INSTANCE[kind];
  if (!known || known.has(name) || !STANDARD.has(name)) return undefined;
  if ((kind === "Function" || kind === "Object") && context.defined.has(name)) return undefined;
  return `${kind} has no ${name}`;
}

/** "Array" for `Array.prototype` when that is the built-in. */
function prototypeOwner({ bindings }: DialectContext, object: AnyNode): string | undefined {
  if (object.type !== "MemberExpression" || memberName(object) !== "prototype") return undefined;
  const owner = object.object;
  if (owner.type !== "Identifier" || bindings.has(owner)) return undefined;
  return STATIC[owner.name] ? owner.name : undefined;
}

export function checkCall(context: DialectContext, node: AnyNode): void {
  if (node.type === "BinaryExpression" && node.operator === "instanceof") {
    const right = node.right;
    if (right.type === "Identifier" && !context.bindings.has(right)) {
      checkInstanceof(context, node, right.name);
    }
  }
  if (node.type !== "CallExpression" && node.type !== "NewExpression") return;
  const { callee } = node;
  if (callee.type === "Identifier" && !context.bindings.has(callee)) {
    checkGlobalCall(context, node, callee.name);
  }
  const name = memberName(callee as AnyNode);
  if (name === undefined || callee.type !== "MemberExpression") return;
  const { object } = callee;
  if (object.type === "Identifier" && object.name === "JSON" && !context.bindings.has(object)) {
    checkJson(context, node, name);
  }
  checkTextMethod(context, node, name);
}

function checkInstanceof(context: DialectContext, node: AnyNode, name: string): void {
  if (name === "Error") {
    context.report(
      node,
      "instanceof",
      "instanceof Error is false for TypeError and the like: test .message",
    );
  }
  if (name === "String" || name === "Number" || name === "Boolean") {
    context.report(
      node,
      "instanceof",
      `instanceof ${name} is true for plain values here: use typeof`,
    );
  }
}

type Call = CallExpression | NewExpression;

function checkGlobalCall(context: DialectContext, node: Call, name: string): void {
  const { report } = context;
  const [first] = node.arguments as AnyNode[];
  if (name === "require") checkRequire(context, node);
  if (name === "eval" || name === "Function") {
    report(node, "code", `${name} runs code that cannot be checked`);
  }
  if (/^(setTimeout|setInterval|setWatch)$/.test(name)) {
    const text = first && textsOf(context, first)?.[0];
    if (text !== undefined) context.checkText(node, text);
  }
  if (/^clear(Timeout|Interval|Watch)$/.test(name) && !first) {
    report(node, "arguments", `${name}() without an argument clears everything`);
  }
  if (name === "RegExp") checkBuiltPattern(report, node);
}

function checkRequire(context: DialectContext, node: Call): void {
  const { board, report } = context;
  const [first] = node.arguments as AnyNode[];
  const modules = first && textsOf(context, first);
  if (!modules) {
    report(
      node,
      "module",
      "require needs the module's name as a text, also where a function passes it on",
    );
    return;
  }
  for (const module of modules) {
    if (!board.modules.has(module))
      report(node, "module", `${board.name} has no module "${module}"`);
  }
}

const DEPTH_MAX = 6;

/**
 * Every text that an expression can be, or undefined when that cannot be told. A parameter is what its function's
 * callers pass, provided that the function is only ever called.
 */
function textsOf(context: DialectContext, node: AnyNode, depth = 0): string[] | undefined {
  const text = stringOf(node);
  if (text !== undefined) return [text];
  if (depth > DEPTH_MAX || node.type !== "Identifier") return undefined;
  const binding = context.bindings.get(node);
  if (binding?.onlyValue) return textsOf(context, binding.onlyValue, depth + 1);
  const owner = binding?.scope.node;
  if (binding?.kind !== "parameter" || owner?.type !== "FunctionDeclaration" || !owner.id)
    return undefined;
  if (binding.references.some(({ isWrite }) => isWrite)) return undefined;
  const at = owner.params.findIndex(
    (param) => param.type === "Identifier" && param.name === node.name,
  );
  const callee = binding.scope.parent?.names.get(owner.id.name);
  const texts = callee?.references.map(({ node: use, parent }) => {
    if (parent?.type !== "CallExpression" || parent.callee !== use) return undefined;
    const argument = parent.arguments[at] as AnyNode | undefined;
    return argument && textsOf(context, argument, depth + 1);
  });
  return texts?.every((found) => found !== undefined) ? texts.flat() : undefined;
}

function checkBuiltPattern(report: DialectContext["report"], node: Call): void {
  const pattern = stringOf(node.arguments[0] as AnyNode);
  const flags = node.arguments[1] ? stringOf(node.arguments[1] as AnyNode) : "";
  if (pattern === undefined || flags === undefined) {
    report(node, "regexp", "a pattern made at run time cannot be checked: write it as a literal");
    return;
  }
  const result = checkPattern(pattern, flags);
  const problem = result.problem ?? (result.pattern === pattern ? "" : `write ${result.pattern}`);
  if (problem) report(node, "regexp", `regular expression "${pattern}": ${problem}`);
}

function checkJson({ report }: DialectContext, node: Call, name: string): void {
  const second = node.arguments[1];
  const isNothing =
    !second ||
    (second.type === "Literal" && second.value === null) ||
    (second.type === "UnaryExpression" && second.operator === "void");
  if (name === "stringify" && !isNothing) {
    report(node, "arguments", "JSON.stringify ignores its second argument");
  }
  if (name === "parse" && second)
    report(node, "arguments", "JSON.parse ignores its second argument");
}

function checkTextMethod({ report }: DialectContext, node: Call, name: string): void {
  const [first, second] = node.arguments as AnyNode[];
  const text = stringOf(first);
  if (name === "split" && second) report(node, "arguments", "split ignores its second argument");
  if (name === "split" && isPatternWithGroup(first)) {
    report(node, "arguments", "split drops what the groups of its pattern matched");
  }
  if (name === "match" && text !== undefined && /[\\^$.*+?()[\]{}|]/.test(text)) {
    report(node, "arguments", "match takes a text literally: give it a regular expression");
  }
  if (name !== "replace" && name !== "replaceAll") return;
  if (text !== undefined && second?.type === "FunctionExpression") {
    report(
      node,
      "arguments",
      `${name} of a text inserts the function's source: use a regular expression`,
    );
  }
  if (/\$[&$`']/.test(stringOf(second) ?? "")) {
    report(node, "arguments", `${name} knows $1 to $9 only, not $& or $$`);
  }
}

const isPatternWithGroup = (node: AnyNode | undefined) =>
  node?.type === "Literal" && !!node.regex && /(^|[^\\])\(/.test(node.regex.pattern);
