/**
 * Which variable an identifier means: function scopes of an ES5 script with their declarations and references.
 * The hoisting pass, the renaming pass and the checker use it. Block scopes do not exist here: `let`, `const` and
 * classes are gone before, and the checker refuses what is left of them.
 */
import {
  type AnyNode,
  children,
  type FunctionNode,
  type Identifier,
  isFunction,
  isPropertyName,
  type Program,
} from "./syntax-tree.ts";

export interface Reference {
  node: Identifier;
  /** Function (or program) whose code contains the identifier. */
  scope: Scope;
  parent: AnyNode | undefined;
  isTypeof: boolean;
  isWrite: boolean;
}

export interface Binding {
  name: string;
  scope: Scope;
  kind: "variable" | "function" | "parameter" | "catch" | "own name";
  /** The identifiers that declare it. */
  declarations: Identifier[];
  references: Reference[];
  /** Right-hand side when the variable is declared once with a value and never written again. */
  onlyValue: AnyNode | undefined;
}

export interface Scope {
  /** Program or function; a catch clause has a scope of its own for its parameter. */
  node: AnyNode;
  /** The function (or program) scope that holds this one's `var` declarations: itself unless it is a catch clause. */
  home: Scope;
  parent: Scope | undefined;
  names: Map<string, Binding>;
}

export interface Scopes {
  root: Scope;
  /** Program and function scopes, outer ones first. */
  all: Scope[];
  /** The same with the scopes of catch clauses among them. */
  every: Scope[];
  /** References to names that the program does not declare. */
  free: Reference[];
}

export function analyseScopes(program: Program): Scopes {
  const all: Scope[] = [];
  const pending: { reference: Reference; from: Scope }[] = [];
  const root = newScope(program, undefined, all);
  for (const child of program.body) walk(child, root, program);
  const free = pending.flatMap(({ reference, from }) => {
    const binding = lookUp(from, reference.node.name);
    binding?.references.push(reference);
    return binding ? [] : [reference];
  });
  for (const scope of all) for (const binding of scope.names.values()) settle(binding);
  const functions = all.filter(({ node }) => node.type !== "CatchClause");
  return { root, all: functions, every: all, free };

  function walk(node: AnyNode, scope: Scope, parent: AnyNode | undefined): void {
    if (isFunction(node)) {
      walkFunction(node, scope);
      return;
    }
    if (node.type === "CatchClause") {
      const inner = newScope(node, scope, all);
      if (node.param?.type === "Identifier") declare(inner, node.param, "catch");
      walk(node.body, inner, node);
      return;
    }
    if (node.type === "VariableDeclarator" && node.id.type === "Identifier") {
      const binding = declare(scope.home, node.id, "variable");
      if (node.init) {
        binding.onlyValue = binding.declarations.length === 1 ? node.init : undefined;
        walk(node.init, scope, node);
      }
      return;
    }
    if (node.type === "Identifier") {
      if (!isPropertyName(node, parent)) {
        pending.push({ reference: reference(node, scope, parent), from: scope });
      }
      return;
    }
    for (const child of children(node)) walk(child, scope, node);
  }

  function walkFunction(node: FunctionNode, scope: Scope): void {
    if (node.type === "FunctionDeclaration" && node.id) declare(scope.home, node.id, "function");
    const inner = newScope(node, scope, all);
    if (node.type === "FunctionExpression" && node.id) declare(inner, node.id, "own name");
    for (const param of node.params) {
      if (param.type === "Identifier") declare(inner, param, "parameter");
      else walk(param, inner, node);
    }
    walk(node.body, inner, node);
  }
}

function newScope(node: AnyNode, parent: Scope | undefined, all: Scope[]): Scope {
  const scope = { node, parent, names: new Map() } as unknown as Scope;
  scope.home = node.type === "CatchClause" && parent ? parent.home : scope;
  all.push(scope);
  return scope;
}

function declare(scope: Scope, node: Identifier, kind: Binding["kind"]): Binding {
  const known = scope.names.get(node.name);
  if (known) {
    known.declarations.push(node);
    known.onlyValue = undefined;
    if (kind === "function") known.kind = kind;
    return known;
  }
  const binding: Binding = {
    name: node.name,
    scope,
    kind,
    declarations: [node],
    references: [],
    onlyValue: undefined,
  };
  scope.names.set(node.name, binding);
  return binding;
}

function lookUp(from: Scope, name: string): Binding | undefined {
  for (let scope: Scope | undefined = from; scope; scope = scope.parent) {
    const binding = scope.names.get(name);
    if (binding) return binding;
  }
  return undefined;
}

function reference(node: Identifier, scope: Scope, parent: AnyNode | undefined): Reference {
  return {
    node,
    scope: scope.home,
    parent,
    isTypeof: parent?.type === "UnaryExpression" && parent.operator === "typeof",
    isWrite:
      (parent?.type === "AssignmentExpression" && parent.left === node) ||
      parent?.type === "UpdateExpression" ||
      ((parent?.type === "ForInStatement" || parent?.type === "ForOfStatement") &&
        parent.left === node),
  };
}

function settle(binding: Binding): void {
  if (binding.declarations.length > 1 || binding.references.some(({ isWrite }) => isWrite)) {
    binding.onlyValue = undefined;
  }
}
