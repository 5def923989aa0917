/**
 * Small tools on acorn's syntax tree that every pass shares: children in source order, visiting with parents,
 * and what kind of place an identifier stands in.
 */
import {
  type AnonymousFunctionDeclaration,
  type AnyNode,
  type ArrowFunctionExpression,
  type FunctionDeclaration,
  type FunctionExpression,
  type Identifier,
  type Node,
  type Program,
  parse,
} from "acorn";

export type { AnyNode, Identifier, Node, Program };

export type FunctionNode =
  | FunctionDeclaration
  | AnonymousFunctionDeclaration
  | FunctionExpression
  | ArrowFunctionExpression;

/** Parse the text of a script (not a module). Throws acorn's SyntaxError, which carries `pos`. */
export const parseScript = (code: string): Program =>
  parse(code, { ecmaVersion: "latest", sourceType: "script", allowReturnOutsideFunction: true });

const isNode = (value: unknown): value is AnyNode =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string";

/** Direct children in source order. */
export function children(node: Node): AnyNode[] {
  const found: AnyNode[] = [];
  for (const value of Object.values(node)) {
    if (isNode(value)) found.push(value);
    else if (Array.isArray(value)) found.push(...value.filter(isNode));
  }
  return found;
}

/** Visit every node, parents first. `ancestors` ends with the parent. Return false to skip the children. */
export function visit(
  node: AnyNode,
  enter: (node: AnyNode, ancestors: readonly AnyNode[]) => boolean | undefined,
  ancestors: AnyNode[] = [],
): void {
  if (enter(node, ancestors) === false) return;
  ancestors.push(node);
  for (const child of children(node)) visit(child, enter, ancestors);
  ancestors.pop();
}

export const isFunction = (node: Node): node is FunctionNode =>
  node.type === "FunctionDeclaration" ||
  node.type === "FunctionExpression" ||
  node.type === "ArrowFunctionExpression";

/** True when the identifier is a property name and not a variable. */
export function isPropertyName(node: Identifier, parent: AnyNode | undefined): boolean {
  if (!parent) return false;
  if (parent.type === "MemberExpression") return parent.property === node && !parent.computed;
  if (parent.type === "Property") return parent.key === node && !parent.computed;
  if (parent.type === "MethodDefinition" || parent.type === "PropertyDefinition") {
    return parent.key === node && !parent.computed;
  }
  return (
    parent.type === "LabeledStatement" ||
    parent.type === "BreakStatement" ||
    parent.type === "ContinueStatement" ||
    parent.type === "MetaProperty"
  );
}

/** Name of a member when it is written in the program: `a.b`, `a["b"]`. */
export function memberName(node: AnyNode): string | undefined {
  if (node.type !== "MemberExpression") return undefined;
  if (!node.computed && node.property.type === "Identifier") return node.property.name;
  if (
    node.computed &&
    node.property.type === "Literal" &&
    typeof node.property.value === "string"
  ) {
    return node.property.value;
  }
  return undefined;
}

/** Text of a string literal, or undefined. */
export const stringOf = (node: AnyNode | null | undefined): string | undefined =>
  node?.type === "Literal" && typeof node.value === "string" ? node.value : undefined;
