/**
 * What only the start of a program needs is let go at its end: functions that put the parts together, and their tables. The
 * interpreter keeps a variable as long as any function of the program lives, so each is overwritten by the last statement.
 */
import type MagicString from "magic-string";
import { analyseScopes, type Binding, type Reference, type Scope } from "./scopes.ts";
import { type AnyNode, type FunctionNode, isFunction, type Program, visit } from "./syntax-tree.ts";

export function letGo(code: MagicString, program: Program): void {
  const wrapper = wrapperOf(program);
  if (!wrapper) return;
  const { all, free } = analyseScopes(program);
  const home = all.find(({ node }) => node === wrapper);
  const body = (wrapper.body as { body?: AnyNode[] }).body ?? [];
  const last = body.at(-1);
  // A program that returns something, or names things at run time, may be called again.
  if (!home || !last || body.some(({ type }) => type === "ReturnStatement")) return;
  if (free.some(({ node }) => node.name === "eval")) return;
  const names = onlyAtStart(home, all, functionsCalledInPlace(program)).map(({ name }) => name);
  if (names.length) code.appendLeft(last.end, `;${names.join("=")}=0`);
}

/** `!function(){...}()`: all of a program is in it. */
function wrapperOf({ body }: Program): FunctionNode | undefined {
  const [only] = body;
  if (body.length !== 1 || only?.type !== "ExpressionStatement") return undefined;
  const call = only.expression.type === "UnaryExpression" ? only.expression.argument : undefined;
  const callee = call?.type === "CallExpression" ? call.callee : undefined;
  return callee && isFunction(callee) ? callee : undefined;
}

/** Names of the wrapper that nothing can reach once it has run. */
function onlyAtStart(
  home: Scope,
  all: readonly Scope[],
  calledInPlace: ReadonlySet<AnyNode>,
): Binding[] {
  const scopeOf = new Map(all.map((scope) => [scope.node, scope]));
  const declared = new Map<Binding, Scope>();
  for (const { node } of all) {
    if (node.type !== "FunctionDeclaration" || !node.id) continue;
    const binding = home.names.get(node.id.name);
    const scope = scopeOf.get(node);
    if (binding?.declarations.some((id) => id === node.id) && scope) declared.set(binding, scope);
  }
  // Begin with all functions that are only ever called, and take out what later code calls until nothing changes.
  const once = new Map([...declared].filter(([{ references }]) => references.every(isCall)));
  const runsAtStart = (scope: Scope | undefined): boolean =>
    scope !== undefined &&
    (scope === home ||
      [...once.values()].includes(scope) ||
      (calledInPlace.has(scope.node) && runsAtStart(scope.parent?.home)));
  const isAtStart = ({ scope }: Reference) => runsAtStart(scope);
  for (let count = -1; count !== once.size; ) {
    count = once.size;
    for (const binding of once.keys())
      if (!binding.references.every(isAtStart)) once.delete(binding);
  }
  return [...home.names.values()].filter(
    (binding) => binding.references.length > 0 && binding.references.every(isAtStart),
  );
}

/** `function(){...}()` */
function functionsCalledInPlace(program: Program): Set<AnyNode> {
  const found = new Set<AnyNode>();
  visit(program, (node) => {
    if (node.type === "CallExpression" && isFunction(node.callee)) found.add(node.callee);
    return undefined;
  });
  return found;
}

const isCall = ({ node, parent }: Reference) =>
  (parent?.type === "CallExpression" || parent?.type === "NewExpression") && parent.callee === node;
