/**
 * Functions, arrows, classes and templates. A function's text is cut out here and parsed only when it is first
 * called, as mistakes in it show only then; it starts at its first token, without a leading `return`.
 */
import type { ClassMember, ClassNode, FunctionNode, Node } from "../ast.ts";
import { FunctionCode, NO_SOURCE, type SourceText } from "../scope.ts";
import { ParseState } from "./state.ts";

/** A part of a text as a text of its own; native text stays a window on its file. */
export function subText(source: SourceText, from: number, to: number): SourceText {
  return {
    text: source.text.substring(from, to),
    isNative: source.isNative,
    file: source.file,
    fileOffset: source.fileOffset + from,
  };
}

function parameters(p: ParseState): string[] {
  const names: string[] = [];
  if (!p.match("(")) return names;
  while (!p.at(")") && !p.failed) {
    names.push(p.lex.value);
    p.match("ID");
    if (!p.at(")")) p.match(",");
  }
  p.match(")");
  return names;
}

/** The body up to and including its closing bracket. */
function bracedBody(p: ParseState, params: string[], isArrow: boolean): FunctionNode {
  let isReturn = false;
  p.match("{");
  if (p.at("STR") && p.lex.value === "ram") {
    p.next();
    if (p.at(";")) p.next();
  }
  if (p.at("return")) {
    isReturn = true;
    p.next();
  }
  const from = p.lex.start;
  let to = -1;
  const hadThis = p.lex.hadThis;
  p.lex.hadThis = p.at("this");
  // The space behind the first token counts as the token's, as the real scan skips it early.
  p.lex.skipSpace();
  for (let depth = 0; !p.at("EOF") && !p.failed; p.next()) {
    if (p.at("{")) depth++;
    if (p.at("}") && depth-- === 0) break;
    to = p.lex.at;
  }
  const hasThis = p.lex.hadThis;
  p.lex.hadThis = hadThis || hasThis;
  const node = functionNode(p, params, from, to, isReturn, isArrow, hasThis);
  p.match("}");
  return node;
}

function functionNode(
  p: ParseState,
  params: string[],
  from: number,
  to: number,
  isReturn: boolean,
  isArrow: boolean,
  hasThis: boolean,
): FunctionNode {
  const hasCode = to > 0;
  const source = subText(p.source, from, hasCode ? to : from);
  return {
    t: "function",
    params,
    code: new FunctionCode(params, source, isReturn),
    innerName: undefined,
    isArrow,
    hasThis,
    hasCode,
    pos: p.lex.lastStart,
  };
}

/** After the word `function` (and the name of a declaration). */
export function functionDefinition(p: ParseState, isExpression: boolean): Node {
  let innerName: string | undefined;
  if (isExpression && p.at("ID")) {
    innerName = p.lex.value;
    p.next();
  }
  const params = parameters(p);
  if (p.failed) return p.failed;
  const node = bracedBody(p, params, false);
  if (p.failed) return p.failed;
  node.innerName = innerName;
  return node;
}

/** At the arrow. */
export function arrowFunction(p: ParseState, params: string[]): Node {
  p.match("=>");
  if (p.at("{")) {
    const node = bracedBody(p, params, true);
    return p.failed ?? node;
  }
  const from = p.lex.start;
  const hadThis = p.lex.hadThis;
  p.lex.hadThis = p.at("this");
  const wasSkipping = p.isSkipping;
  p.isSkipping = true;
  p.grammar.assignment(p);
  p.isSkipping = wasSkipping;
  const hasThis = p.lex.hadThis;
  p.lex.hadThis = hadThis || hasThis;
  if (p.failed) return p.failed;
  return functionNode(p, params, from, p.lex.start, true, true, hasThis);
}

/** After the word `class` (and the name of a declaration). */
export function classDefinition(p: ParseState, isExpression: boolean): Node {
  const node: ClassNode = {
    t: "class",
    innerName: undefined,
    parent: undefined,
    inherited: undefined,
    members: [],
    error: undefined,
    pos: 0,
  };
  if (isExpression && p.at("ID")) {
    node.innerName = p.lex.value;
    p.next();
  }
  if (p.at("extends")) {
    p.next();
    const name = p.lex.value;
    node.parent = { t: "id", name, pos: p.lex.lastStart };
    const text = `${name}.apply(this,arguments)`;
    node.inherited = new FunctionCode([], { ...NO_SOURCE, text }, false);
    p.match("ID");
  }
  node.pos = p.lex.lastStart;
  if (p.match("{")) {
    while ((p.at("ID") || p.at("static")) && !p.failed) member(p, node);
    p.match("}");
  }
  node.error = p.failed;
  return node;
}

function member(p: ParseState, node: ClassNode): void {
  const isStatic = p.at("static");
  if (isStatic) p.next();
  let key = p.lex.value;
  if (!p.match("ID")) return;
  let kind: ClassMember["kind"] = key === "constructor" ? "constructor" : "method";
  if (p.at("ID") && (key === "get" || key === "set")) {
    kind = key;
    key = p.lex.value;
    p.next();
  }
  let value: Node;
  if (kind !== "method" || p.at("(")) value = functionDefinition(p, false);
  else {
    kind = "value";
    if (!p.match("=")) return;
    value = p.take(p.grammar.assignment(p));
  }
  node.members.push({ isStatic, kind, key, value });
  while (p.at(";") && !p.failed) p.next();
}

/** A template with expressions: each is a small program text of its own. */
export function template(p: ParseState): Node {
  const text = p.lex.value;
  const pos = p.lex.lastStart;
  const parts: (string | Node)[] = [];
  const sources: SourceText[] = [];
  let plain = "";
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== "$" || text[i + 1] !== "{") {
      plain += text[i];
      continue;
    }
    let depth = 1;
    let end = i + 2;
    for (; end < text.length; end++) {
      if (text[end] === "{") depth++;
      if (text[end] === "}" && --depth === 0) break;
    }
    const source = { ...NO_SOURCE, text: text.substring(i + 2, end) };
    const inner = new ParseState(source, p.isInFunction, p.grammar);
    const value = inner.take(p.grammar.expression(inner));
    parts.push(plain, inner.failed ? inner.broken(value) : value);
    sources.push(source);
    plain = "";
    i = end;
  }
  parts.push(plain);
  p.next();
  return { t: "template", parts, sources, pos };
}
