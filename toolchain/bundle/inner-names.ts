/**
 * Which names of properties nobody outside the program ever sees, so that they may be shortened. The compiler's types say
 * it: a name stays when a value that has it turns into JSON or comes from it, goes to the interpreter, the firmware or the
 * console, is looked at by key, or passes any place where the types do not say what it is.
 */
import ts from "typescript";

/** Types behind which any value may hide. */
const HIDING =
  ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.NonPrimitive | ts.TypeFlags.TypeParameter;

/** Names declared in these files, less those that are seen from outside. */
export function innerNames(program: ts.Program, files: readonly ts.SourceFile[]): Set<string> {
  const checker = program.getTypeChecker();
  const seen = new Set<string>();
  const known = new Set<ts.Type>();
  const inner = new Set<string>();
  for (const file of program.getSourceFiles()) if (!files.includes(file)) everyName(file, seen);
  for (const file of files) look(file);
  for (const name of seen) inner.delete(name);
  return inner;

  function look(node: ts.Node): void {
    const name = declaredName(node);
    if (name) inner.add(name);
    if (ts.isElementAccessExpression(node) && !isNumber(node.argumentExpression))
      expose(checker.getTypeAtLocation(node.expression));
    if (ts.isForInStatement(node)) expose(checker.getTypeAtLocation(node.expression));
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword)
      expose(checker.getTypeAtLocation(node.right));
    if (ts.isPropertyAccessExpression(node) && isHiding(node.expression)) seen.add(node.name.text);
    if (ts.isBindingElement(node)) lookAtBinding(node);
    if (ts.isCallExpression(node)) lookAtCall(node);
    if (ts.isAsExpression(node)) lookAtCast(node);
    if (ts.isExpression(node)) {
      const wanted = checker.getContextualType(node);
      if (wanted) pass(checker.getTypeAtLocation(node), wanted);
    }
    ts.forEachChild(node, look);
  }

  /** `const { code } = thrown`, where thrown may be anything. */
  function lookAtBinding({ parent, propertyName, name }: ts.BindingElement): void {
    const taken = propertyName ?? name;
    if (ts.isIdentifier(taken) && hides(checker.getTypeAtLocation(parent))) seen.add(taken.text);
  }

  /** Who says that a value is more than its type says may have it from anywhere. */
  function lookAtCast(node: ts.AsExpression): void {
    const from = checker.getTypeAtLocation(node.expression);
    const to = checker.getTypeAtLocation(node);
    pass(from, to);
    if (!checker.isTypeAssignableTo(from, to)) expose(to);
  }

  /** Object.assign and its like copy by key, whatever the types say. */
  function lookAtCall({ expression, arguments: given }: ts.CallExpression): void {
    if (!ts.isPropertyAccessExpression(expression)) return;
    if (!["Object", "JSON"].includes(expression.expression.getText())) return;
    for (const argument of given) expose(checker.getTypeAtLocation(argument));
  }

  /** A value of one type is used as one of another. */
  function pass(from: ts.Type, to: ts.Type): void {
    if (from === to) return;
    if (hides(to)) expose(from);
    if (hides(from)) expose(to);
  }

  function hides(type: ts.Type): boolean {
    if (type.flags & HIDING) return true;
    if (type.isUnionOrIntersection()) return type.types.some(hides);
    if (!(type.flags & ts.TypeFlags.Object)) return false;
    const isEmpty = checker.getPropertiesOfType(type).length === 0;
    const isCalled = [...type.getCallSignatures(), ...type.getConstructSignatures()].length > 0;
    return (isEmpty && !isCalled) || checker.getIndexInfosOfType(type).some(isByName);
  }

  function isHiding(node: ts.Expression): boolean {
    return hides(checker.getTypeAtLocation(node));
  }

  function isNumber(node: ts.Expression): boolean {
    return !!(checker.getTypeAtLocation(node).flags & ts.TypeFlags.NumberLike);
  }

  function isByName({ keyType }: ts.IndexInfo): boolean {
    return !(keyType.flags & ts.TypeFlags.Number);
  }

  /** Every name that can be reached from a value of this type stays. */
  function expose(type: ts.Type): void {
    if (known.has(type)) return;
    known.add(type);
    if (type.isUnionOrIntersection()) for (const one of type.types) expose(one);
    for (const { type: content } of checker.getIndexInfosOfType(type)) expose(content);
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
      expose(signature.getReturnType());
      for (const parameter of signature.parameters) expose(checker.getTypeOfSymbol(parameter));
    }
    for (const property of checker.getPropertiesOfType(type)) {
      const isOwn = property.declarations?.some((each) => files.includes(each.getSourceFile()));
      if (!isOwn) continue;
      seen.add(property.name);
      expose(checker.getTypeOfSymbol(property));
    }
  }
}

/** Identifiers of a file that is not ours to rename: declarations of the language and the interpreter, the helpers. */
function everyName(node: ts.Node, names: Set<string>): void {
  if (ts.isIdentifier(node) && !ts.isParameter(node.parent)) names.add(node.text);
  ts.forEachChild(node, (child) => everyName(child, names));
}

function declaredName(node: ts.Node): string | undefined {
  const isProperty =
    ts.isPropertySignature(node) ||
    ts.isMethodSignature(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isShorthandPropertyAssignment(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isAccessor(node);
  return isProperty && ts.isIdentifier(node.name) ? node.name.text : undefined;
}
