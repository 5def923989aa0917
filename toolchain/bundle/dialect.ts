/**
 * The last word on a bundle: parses the final bytes and reports everything that is not known to work on the
 * interpreter, at its place in the source. Syntax and names here, members and calls in `dialect-members.ts`.
 * Sources: builtins.ts, regexps.ts, and the programs of test/bundle, which run on the real interpreter.
 */
import { BOARDS, type Board, RESERVED } from "./builtins.ts";
import type { DialectContext } from "./dialect-context.ts";
import { checkCall, checkMember, findDefined } from "./dialect-members.ts";
import { type Finding, sortFindings } from "./findings.ts";
import { lateVariables, listOf, misplaced } from "./hoisting.ts";
import { checkPattern } from "./regexps.ts";
import { needsParentheses, needsSemicolon } from "./rewrites.ts";
import { analyseScopes, type Binding, type Scopes } from "./scopes.ts";
import { type RawSourceMap, SourceLocator } from "./source-map.ts";
import { type AnyNode, type Identifier, isFunction, parseScript, visit } from "./syntax-tree.ts";

export interface DialectOptions {
  map?: RawSourceMap | undefined;
  board?: Board | undefined;
  /** Named in findings where the map knows no source. */
  file?: string;
}

/** Longer names are cut by the interpreter: two of them may become one. */
const NAME_LENGTH_MAX = 64;

const SYNTAX = new Set(
  `Program ExpressionStatement BlockStatement EmptyStatement ReturnStatement BreakStatement
  ContinueStatement IfStatement SwitchStatement SwitchCase ThrowStatement TryStatement CatchClause WhileStatement
  DoWhileStatement ForStatement ForInStatement FunctionDeclaration VariableDeclaration VariableDeclarator
  ThisExpression ArrayExpression ObjectExpression Property FunctionExpression UnaryExpression UpdateExpression
  BinaryExpression AssignmentExpression LogicalExpression MemberExpression ConditionalExpression CallExpression
  NewExpression SequenceExpression Identifier Literal`.split(/\s+/),
);

const SYNTAX_NAMES: Record<string, string> = {
  LabeledStatement: "labels",
  WithStatement: "with",
  DebuggerStatement: "debugger",
  MetaProperty: "new.target",
  SpreadElement: "spread",
  YieldExpression: "generators",
  AwaitExpression: "await",
  ImportExpression: "import()",
  TaggedTemplateExpression: "tagged templates",
  ChainExpression: "optional chaining",
};

export function checkDialect(code: string, options: DialectOptions = {}): Finding[] {
  const locator = new SourceLocator(code, options.map, options.file ?? "bundle");
  const findings: Finding[] = [];
  const report: DialectContext["report"] = (node, rule, message) => {
    findings.push({ ...locator.place(node.start), rule, message });
  };
  checkCharacters(code, report);
  let program: ReturnType<typeof parseScript>;
  try {
    program = parseScript(code);
  } catch (error) {
    const { pos, message } = error as SyntaxError & { pos: number };
    report({ start: pos }, "syntax", `cannot be parsed: ${message.replace(/ \(\d+:\d+\)$/, "")}`);
    return findings;
  }
  visit(program, (node) => {
    checkSyntax(code, node, report);
    return undefined;
  });
  // The other rules rely on an ES5 tree.
  if (findings.some(({ rule }) => rule === "syntax")) return sortFindings(findings);

  const scopes = analyseScopes(program);
  const context: DialectContext = {
    board: options.board ?? (BOARDS.esp32s3 as Board),
    code,
    scopes,
    bindings: bindingsByIdentifier(scopes),
    ...findDefined(program, scopes),
    report,
    checkText(node, text) {
      for (const { rule, message } of checkDialect(text, { board: options.board })) {
        report(node, rule, `in the text to run: ${message}`);
      }
    },
  };
  checkOrder(context, program);
  checkNames(context);
  visit(program, (node, ancestors) => {
    checkMember(context, node, ancestors);
    checkCall(context, node);
    return undefined;
  });
  return sortFindings(findings);
}

function checkCharacters(code: string, report: DialectContext["report"]): void {
  for (let at = 0; at < code.length; at += 1) {
    const char = code.charCodeAt(at);
    if (char > 126 || (char < 32 && char !== 10)) {
      report({ start: at }, "ascii", `character ${char} is not plain ASCII: write it as an escape`);
    }
  }
}

function checkSyntax(code: string, node: AnyNode, report: DialectContext["report"]): void {
  const refuse = (what: string, rule = "syntax") =>
    report(node, rule, `${what} cannot run on the camera`);
  if (!SYNTAX.has(node.type)) {
    refuse(SYNTAX_NAMES[node.type] ?? `${node.type} (newer than ES5)`);
    return;
  }
  if (node.type === "VariableDeclaration" && node.kind !== "var") refuse(node.kind);
  if (isFunction(node) && (node.async || node.generator)) refuse("async and generator functions");
  if (node.type === "CatchClause" && node.param?.type !== "Identifier")
    refuse("catch without a name");
  if (node.type === "Property" && node.computed) refuse("computed keys");
  if (
    node.type === "ReturnStatement" &&
    !node.argument &&
    /^return[^;}]*\n/.test(code.slice(node.start, node.end + 1))
  ) {
    refuse("a line break after return (the next line would be returned)", "lexer");
  }
  if (node.type === "AssignmentExpression" && /^(\*\*|\|\||&&|\?\?)=$/.test(node.operator)) {
    refuse(`the operator ${node.operator}`);
  }
  if (node.type === "BinaryExpression" && node.operator === "**") refuse("the operator **");
  if (node.type === "LogicalExpression" && node.operator === "??") refuse("the operator ??");
  if (needsParentheses(code, node))
    refuse("a / directly after ) or ++ without parentheses", "lexer");
  if (needsSemicolon(code, node)) refuse("return without a semicolon", "lexer");
  if (node.type === "ArrayExpression" && node.elements.includes(null)) refuse("[1,,2]", "lexer");
  if (node.type === "Literal") checkLiteral(node, refuse);
  if (node.type === "SwitchStatement") {
    const at = node.cases.findIndex(({ test }) => !test);
    if (at >= 0 && at < node.cases.length - 1) {
      const found = node.cases[at] as AnyNode;
      report(found, "default-last", "default: must be the last case of its switch");
    }
  }
  if (node.type === "Identifier" && node.name.length > NAME_LENGTH_MAX) {
    report(node, "name-length", `names are cut after ${NAME_LENGTH_MAX} characters: ${node.name}`);
  }
}

function checkLiteral(
  node: AnyNode & { type: "Literal" },
  refuse: (what: string, rule: string) => void,
): void {
  const raw = node.raw ?? "";
  if (node.bigint) refuse("a BigInt", "literal");
  if (node.regex) {
    const { problem, pattern } = checkPattern(node.regex.pattern, node.regex.flags);
    if (problem) refuse(`regular expression ${raw}: ${problem}`, "regexp");
    else if (pattern !== node.regex.pattern) {
      refuse(`regular expression ${raw} (write /${pattern}/)`, "regexp");
    }
  }
  if (typeof node.value === "number" && /^\d{19,}$/.test(raw))
    refuse(`the number ${raw}`, "literal");
  if (typeof node.value === "string" && /\\u(?!00)|\\\n/.test(raw)) {
    refuse(`the escape in ${raw.slice(0, 40)} (strings hold bytes)`, "literal");
  }
}

function bindingsByIdentifier({ all }: Scopes): Map<Identifier, Binding> {
  const found = new Map<Identifier, Binding>();
  const collect = (binding: Binding) => {
    for (const { node } of binding.references) found.set(node, binding);
  };
  for (const scope of all) for (const binding of scope.names.values()) collect(binding);
  return found;
}

/** Nothing is hoisted by the interpreter: everything must be executed before it is needed. */
function checkOrder({ scopes, report }: DialectContext, program: AnyNode): void {
  for (const scope of scopes.all) {
    for (const { name, declarations } of lateVariables(scope)) {
      const node = declarations[0] as Identifier;
      report(node, "order", `${name} can be used before its var is executed (nothing is hoisted)`);
    }
  }
  visit(program, (node, ancestors) => {
    const list = listOf(node);
    for (const late of list ? misplaced(list) : []) {
      report(
        late,
        "order",
        "this function can be called before its definition (nothing is hoisted)",
      );
    }
    if (node.type === "FunctionDeclaration") {
      const parent = ancestors[ancestors.length - 1];
      const owner = ancestors[ancestors.length - 2];
      const isTop =
        parent?.type === "Program" ||
        (parent?.type === "BlockStatement" && owner && isFunction(owner));
      if (!isTop) {
        report(
          node,
          "order",
          "a function declared inside a block: write const name = function ... instead",
        );
      }
    }
    return undefined;
  });
}

function checkNames({ scopes, board, report }: DialectContext): void {
  for (const { node, isTypeof, isWrite } of scopes.free) {
    if (isWrite) {
      report(
        node,
        "global",
        `${node.name} is assigned but never declared (write global.${node.name})`,
      );
    } else if (!isTypeof && !board.globals.has(node.name)) {
      report(node, "global", `${node.name} does not exist on ${board.name}`);
    }
  }
  for (const scope of scopes.all) {
    for (const { name, declarations } of scope.names.values()) {
      if (!RESERVED.has(name)) continue;
      report(
        declarations[0] as Identifier,
        "name",
        `${name} is a reserved word of the interpreter`,
      );
    }
  }
}
