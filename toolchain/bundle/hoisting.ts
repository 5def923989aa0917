/**
 * Makes definitions run before they are needed. The interpreter hoists nothing: a function declaration exists from
 * the moment it is executed, and writing to a variable whose `var` was not yet executed makes a global.
 * This pass moves function declarations to the top of their block and declares, at the top of the function,
 * those variables that code could meet before their `var`. Source: facts of test/bundle/programs.ts, run on the
 * real interpreter.
 */
import type { VariableDeclarator } from "acorn";
import type MagicString from "magic-string";
import { analyseScopes, type Binding, type Reference, type Scope } from "./scopes.ts";
import { type AnyNode, isFunction, type Program, visit } from "./syntax-tree.ts";

type Statements = { body: AnyNode[]; start: number };

export function hoist(code: MagicString, program: Program): void {
  const { all } = analyseScopes(program);
  const inserts = new Map<number, string>();
  for (const scope of all) {
    const list = statements(scope);
    const names = lateVariables(scope).map(({ name }) => name);
    if (list && names.length) inserts.set(list.start, `var ${names.join(",")};`);
  }
  visit(program, (node) => {
    const list = listOf(node);
    if (!list) return undefined;
    for (const declaration of misplaced(list)) {
      code.move(declaration.start, declaration.end, list.start);
    }
    return undefined;
  });
  // Moved chunks land in front of `start` in the order of the moves; declarations of variables come before them.
  for (const [start, text] of inserts) code.prependRight(start, text);
}

/** Function declarations that do not stand at the top of their statement list. */
export function misplaced({ body }: Statements): AnyNode[] {
  const first = body.findIndex(
    (node) => node.type !== "FunctionDeclaration" && !isBareVariables(node) && !isDirective(node),
  );
  return first < 0 ? [] : body.slice(first).filter(({ type }) => type === "FunctionDeclaration");
}

const isBareVariables = (node: AnyNode) =>
  node.type === "VariableDeclaration" && node.declarations.every(({ init }) => !init);

const isDirective = (node: AnyNode) => node.type === "ExpressionStatement" && !!node.directive;

/** Statement list of a program or block, with the place where its first statement begins. */
export function listOf(node: AnyNode): Statements | undefined {
  if (node.type !== "Program" && node.type !== "BlockStatement") return undefined;
  const body = node.body as AnyNode[];
  return { body, start: body[0]?.start ?? node.end - 1 };
}

function statements({ node }: Scope): Statements | undefined {
  if (isFunction(node)) return listOf(node.body);
  return listOf(node);
}

/** Variables of a scope that some code can reach before their `var` has been executed. */
export function lateVariables(scope: Scope): Binding[] {
  const list = statements(scope);
  if (!list) return [];
  const quietUntil = firstCallable(list.body);
  const regions = safeRegions(scope.node);
  return [...scope.names.values()].filter((binding) => {
    if (binding.kind !== "variable") return false;
    const safe = binding.declarations.flatMap(({ start }) => regions.get(start) ?? []);
    return !binding.references.every((reference) =>
      safe.some((region) => isSafe(reference, region, scope, quietUntil)),
    );
  });
}

/** From a declaration to the end of its block: code there runs only after the declaration has. */
interface Region {
  start: number;
  end: number;
  /** The block is the function's own body. */
  isOutermost: boolean;
}

function isSafe(
  { node, scope: user }: Reference,
  region: Region,
  home: Scope,
  quietUntil: number,
): boolean {
  if (user === home) return region.start <= node.start && node.start < region.end;
  // An inner function runs when it is called: nothing is called before `quietUntil` ...
  if (region.isOutermost && region.start <= quietUntil) return true;
  // ... and an expression exists only once it is evaluated. Declarations are moved to the top.
  for (let scope: Scope | undefined = user; scope && scope !== home; scope = scope.parent) {
    if (scope.node.type === "FunctionDeclaration") return false;
    if (scope.node.start < region.start || scope.node.start >= region.end) return false;
  }
  return true;
}

/** Regions of the declarations of one function, by the place of the declared name. */
function safeRegions(owner: AnyNode): Map<number, Region> {
  const regions = new Map<number, Region>();
  const own = isFunction(owner) ? owner.body : owner;
  visit(own, (node) => {
    if (isFunction(node)) return false;
    const list = node.type === "SwitchCase" ? node.consequent : listOf(node)?.body;
    for (const statement of list ?? []) {
      for (const { id, start } of declaredBy(statement)) {
        regions.set(id.start, { start, end: node.end, isOutermost: node === own });
      }
    }
    return undefined;
  });
  return regions;
}

/** Declarators that a statement certainly executes. */
function declaredBy(statement: AnyNode): VariableDeclarator[] {
  if (statement.type === "VariableDeclaration") return statement.declarations;
  if (statement.type === "ForStatement" && statement.init?.type === "VariableDeclaration") {
    return statement.init.declarations;
  }
  if (statement.type === "ForInStatement" && statement.left.type === "VariableDeclaration") {
    return statement.left.declarations;
  }
  return [];
}

/** Where in a statement list something could be called for the first time. */
function firstCallable(body: AnyNode[]): number {
  for (const statement of body) {
    if (statement.type === "FunctionDeclaration") continue;
    if (statement.type !== "VariableDeclaration") return statement.start;
    for (const { init, start } of statement.declarations) {
      if (init && !isQuiet(init)) return start;
    }
  }
  return Number.POSITIVE_INFINITY;
}

/** Evaluating this calls nothing. Property reads are not quiet: they may be getters. */
function isQuiet(node: AnyNode): boolean {
  switch (node.type) {
    case "Literal":
    case "Identifier":
    case "FunctionExpression":
      return true;
    case "UnaryExpression":
      return isQuiet(node.argument);
    case "BinaryExpression":
      return node.left.type !== "PrivateIdentifier" && isQuiet(node.left) && isQuiet(node.right);
    case "ArrayExpression":
      return node.elements.every((element) => !element || isQuiet(element));
    case "ObjectExpression":
      return node.properties.every(
        (property) =>
          property.type === "Property" && property.kind === "init" && isQuiet(property.value),
      );
    default:
      return false;
  }
}
