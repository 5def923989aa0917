/**
 * What must be refused on the source, because compiling to ES5 hides it: syntax whose compiled form looks harmless but
 * means something else on the interpreter, and methods that TypeScript's types say belong to a built-in which lacks
 * them. The check of the final bytes (`dialect.ts`) sees the rest.
 */
import ts from "typescript";
import { INSTANCE, STANDARD, TYPED_ARRAYS } from "./builtins.ts";
import type { Finding } from "./findings.ts";

type Report = (node: ts.Node, rule: string, message: string) => void;

export function checkSource(file: ts.SourceFile, checker: ts.TypeChecker, name: string): Finding[] {
  const findings: Finding[] = [];
  const report: Report = (node, rule, message) => {
    const { line, character } = file.getLineAndCharacterOfPosition(node.getStart(file));
    findings.push({ file: name, line: line + 1, column: character + 1, rule, message });
  };
  const visit = (node: ts.Node): void => {
    checkSyntax(node, report);
    if (ts.isHeritageClause(node)) checkHeritage(node, checker, report);
    if (ts.isPropertyAccessExpression(node)) checkMember(node, node.name, checker, report);
    if (ts.isForInStatement(node)) checkForIn(node, checker, report);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return findings;
}

function checkSyntax(node: ts.Node, report: Report): void {
  const refuse = (message: string) => report(node, "syntax", message);
  if (ts.isFunctionLike(node) && "asteriskToken" in node && node.asteriskToken) {
    refuse("generators cannot run on the camera");
  } else if (ts.isForOfStatement(node) && node.awaitModifier) {
    refuse("for await cannot run on the camera");
  } else if (ts.isLabeledStatement(node)) {
    refuse("labels cannot run on the camera: use a function and return");
  } else if (ts.isOmittedExpression(node) && ts.isArrayLiteralExpression(node.parent)) {
    if (!isAssignmentTarget(node.parent)) refuse("holes in arrays: write undefined");
  } else if (ts.isTaggedTemplateExpression(node)) {
    refuse("tagged templates cannot run on the camera");
  } else if (ts.isMetaProperty(node)) {
    refuse(`${node.getText()} cannot run on the camera`);
  } else if (ts.isDecorator(node)) {
    refuse("decorators cannot run on the camera");
  } else if (ts.isNewExpression(node) && node.arguments?.some(ts.isSpreadElement)) {
    refuse("new with spread arguments cannot run on the camera: call a function instead");
  } else if (node.kind === ts.SyntaxKind.SuperKeyword && !isSuperCall(node)) {
    refuse("super is for calls only: super.name reads the prototype");
  } else if (ts.isIdentifier(node) && node.text === "arguments" && isForeignArguments(node)) {
    refuse("arguments inside an arrow or async function: use a rest parameter");
  } else if (ts.isPrivateIdentifier(node)) {
    refuse(`${node.text} needs WeakMap, which the camera lacks: use a plain name`);
  } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    refuse("import() cannot run on the camera");
  } else if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    checkSpecifier(node.moduleSpecifier, report);
  }
}

function checkSpecifier(specifier: ts.Expression | undefined, report: Report): void {
  if (!specifier || !ts.isStringLiteral(specifier) || /^\.{0,2}\//.test(specifier.text)) return;
  report(
    specifier,
    "import",
    `"${specifier.text}" is not a file: import with a path, or require() a module of the firmware`,
  );
}

/** [a, , b] = values */
function isAssignmentTarget(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent)) {
    return parent.left === node && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  }
  if (ts.isForOfStatement(parent)) return parent.initializer === node;
  if (
    ts.isArrayLiteralExpression(parent) ||
    ts.isPropertyAssignment(parent) ||
    ts.isSpreadElement(parent)
  ) {
    return isAssignmentTarget(parent);
  }
  return ts.isObjectLiteralExpression(parent) && isAssignmentTarget(parent);
}

/** super(...) or super.method(...) */
function isSuperCall(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isCallExpression(parent)) return parent.expression === node;
  return (
    (ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent)) &&
    ts.isCallExpression(parent.parent) &&
    parent.parent.expression === parent
  );
}

function isForeignArguments(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return false;
  let owner: ts.Node = parent;
  while (!ts.isFunctionLike(owner) && !ts.isSourceFile(owner)) owner = owner.parent;
  if (ts.isArrowFunction(owner)) return true;
  return (
    ts.canHaveModifiers(owner) &&
    !!ts.getModifiers(owner)?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword)
  );
}

/** `extends` of anything that the interpreter itself makes: its constructor ignores the new object. */
function checkHeritage(node: ts.HeritageClause, checker: ts.TypeChecker, report: Report): void {
  if (node.token !== ts.SyntaxKind.ExtendsKeyword || ts.isInterfaceDeclaration(node.parent)) return;
  for (const { expression } of node.types) {
    const isBuiltIn = (symbol: ts.Symbol | undefined) =>
      !!symbol?.declarations?.some((declaration) => declaration.getSourceFile().isDeclarationFile);
    const type = checker.getTypeAtLocation(expression);
    const isUnknown = ts.isIdentifier(expression) && !checker.getSymbolAtLocation(expression);
    if (isBuiltIn(type.symbol) || isBuiltIn(checker.getSymbolAtLocation(expression)) || isUnknown) {
      report(
        expression,
        "extends",
        `extends ${expression.getText()}: classes of the interpreter cannot be extended`,
      );
    }
  }
}

/** Compiled methods are enumerable, so for-in over a class instance visits them. */
function checkForIn(node: ts.ForInStatement, checker: ts.TypeChecker, report: Report): void {
  if (checker.getTypeAtLocation(node.expression).isClass()) {
    report(
      node.expression,
      "for-in",
      "for-in over a class instance visits its methods: use Object.keys",
    );
  }
}

/** Strings have lastIndexOf, arrays do not: without a type nobody can tell. */
const AMBIGUOUS = new Set(["lastIndexOf"]);

function checkMember(
  node: ts.PropertyAccessExpression,
  { text: name }: ts.MemberName,
  checker: ts.TypeChecker,
  report: Report,
): void {
  if (!STANDARD.has(name) || ts.isTypeOfExpression(node.parent)) return;
  const type = checker.getApparentType(checker.getTypeAtLocation(node.expression));
  if (type.flags & ts.TypeFlags.Any) {
    if (AMBIGUOUS.has(name)) {
      report(node.name, "builtin", `${name} works on strings only, and the type here is not known`);
    }
    return;
  }
  for (const part of type.isUnion() ? type.types : [type]) {
    const kind = kindOf(checker.getApparentType(part), checker);
    if (!kind || INSTANCE[kind]?.has(name)) continue;
    // A class or function may have a static member of that name.
    const declared = part.getProperty(name)?.declarations ?? [];
    if (declared.some((declaration) => !declaration.getSourceFile().isDeclarationFile)) continue;
    report(node.name, "builtin", `${kind} has no ${name}`);
    return;
  }
}

function kindOf(type: ts.Type, checker: ts.TypeChecker): string | undefined {
  if (checker.isArrayType(type) || checker.isTupleType(type)) return "Array";
  const name = type.symbol?.name;
  const isLibrary = type.symbol?.declarations?.some(
    (declaration) => declaration.getSourceFile().isDeclarationFile,
  );
  if (isLibrary && name) {
    if (TYPED_ARRAYS.has(name)) return "TypedArray";
    if (name === "CallableFunction" || name === "NewableFunction") return "Function";
    if (INSTANCE[name] && name !== "Object") return name;
    return undefined;
  }
  return type.getCallSignatures().length ? "Function" : undefined;
}
