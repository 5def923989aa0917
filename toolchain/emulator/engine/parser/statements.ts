/** Statements. There is no separator between statements and no hoisting, so order in the text is order of effect. */
import type { Statement } from "../ast.ts";
import type { SourceText } from "../scope.ts";
import { assignment, expression, GRAMMAR } from "./expressions.ts";
import { classDefinition, functionDefinition } from "./functions.ts";
import { ParseState } from "./state.ts";
import { switchStatement } from "./switch.ts";

const EXPRESSION_START = new Set(
  "ID INT FLOAT STR TEMPLATE REGEX new null undefined true false this delete typeof void super ++ -- ! - + ~ [ (".split(
    " ",
  ),
);

/** A whole text: a program, a file, what eval runs. A function's body differs only in allowing `return`. */
export function parseProgram(source: SourceText, isFunction = false): Statement[] {
  const p = new ParseState(source, isFunction, GRAMMAR);
  const body: Statement[] = [];
  while (!p.failed && !p.at("EOF") && !(isFunction && p.at("}"))) {
    const parsed = statement(p);
    body.push(parsed);
    while (!isFunction && p.at(";")) p.next();
    // Outside functions and blocks a name is looked up behind the semicolons that end its statement.
    if (!isFunction && parsed.t === "expression") p.take(parsed.value);
  }
  if (p.failed) body.push(p.failed);
  return body;
}

/** A body that is one expression; undefined when it is empty. */
export function parseExpressionBody(source: SourceText) {
  const p = new ParseState(source, true, GRAMMAR);
  if (p.at(";") || p.at("}")) return undefined;
  const value = p.take(expression(p));
  return p.failed ? p.broken(value) : value;
}

/**
 * A block; a mistake in it ends its statements but not what encloses it. The end is then found by counting brackets:
 * from the block's start, or, where the block is sure to be executed, from the mistake as the real parser does.
 */
function block(p: ParseState, isExecuted = false): Statement {
  if (!p.match("{")) return p.failed!;
  const body: Statement[] = [];
  if (p.isSkipping) p.skipBlock();
  else {
    const from = p.lex.start;
    while (!p.at("EOF") && !p.at("}") && !p.failed) body.push(statement(p));
    if (p.failed) {
      body.push(p.failed);
      p.failed = undefined;
      if (isExecuted) p.next();
      else p.lex.seek(from);
      p.skipBlock();
    }
  }
  p.match("}");
  return { t: "block", body };
}

function blockOrStatement(p: ParseState): Statement {
  return p.at("{") ? block(p) : statement(p);
}

export function statement(p: ParseState): Statement {
  const { lex } = p;
  if (EXPRESSION_START.has(lex.tk)) {
    const value = p.take(expression(p));
    return { t: "expression", value, pos: lex.lastStart };
  }
  switch (lex.tk) {
    case "{":
      return block(p);
    case ";":
      p.next();
      return { t: "empty" };
    case "var":
    case "let":
    case "const":
      return variables(p, lex.tk);
    case "if":
      return ifStatement(p);
    case "do":
      return doStatement(p);
    case "while":
      return whileStatement(p);
    case "for":
      return forStatement(p);
    case "try":
      return tryStatement(p);
    case "return":
      return returnStatement(p);
    case "throw": {
      p.next();
      const value = p.take(expression(p));
      return p.failed
        ? { t: "expression", value: p.broken(value), pos: lex.lastStart }
        : { t: "throw", value, pos: lex.lastStart };
    }
    case "function":
    case "class":
      return declaration(p);
    case "continue":
    case "break":
      return jump(p, lex.tk);
    case "switch":
      return switchStatement(p, blockOrStatement);
    case "debugger":
      p.next();
      return { t: "empty" };
  }
  p.match("EOF");
  return p.failed ?? { t: "empty" };
}

function jump(p: ParseState, word: "continue" | "break"): Statement {
  p.next();
  if (word === "continue" && !p.isInLoop) {
    return outside(p, "CONTINUE statement outside of FOR or WHILE loop");
  }
  if (word === "break" && !p.isInLoop && !p.isInSwitch) {
    return outside(p, "BREAK statement outside of SWITCH, FOR or WHILE loop");
  }
  return { t: word };
}

/** Thrown only when executed, so it does not stop the parser. */
const outside = (p: ParseState, message: string): Statement => ({
  t: "error",
  type: "SyntaxError",
  message,
  pos: p.lex.lastStart,
});

function variables(p: ParseState, kind: "var" | "let" | "const"): Statement {
  const node: Extract<Statement, { t: "var" }> = { t: "var", kind, items: [] };
  let isMore = true;
  p.next();
  while (isMore && p.at("ID") && !p.failed) {
    const item: (typeof node.items)[number] = { name: p.lex.value, init: undefined, pos: 0 };
    p.next();
    if (p.at("=")) {
      p.next();
      item.init = p.take(assignment(p));
      if (p.failed) item.init = p.broken(item.init);
    }
    item.pos = p.lex.lastStart;
    node.items.push(item);
    isMore = p.at(",");
    if (isMore) p.match(",");
  }
  return node;
}

function ifStatement(p: ParseState): Statement {
  p.next();
  p.match("(");
  const test = expression(p);
  p.match(")");
  if (p.failed) return { t: "expression", value: p.broken(p.take(test)), pos: p.lex.lastStart };
  p.take(test);
  const yes = !p.at(";") ? blockOrStatement(p) : undefined;
  let no: Statement | undefined;
  if (p.at(";") && !p.failed) p.next();
  if (p.at("else") && !p.failed) {
    p.next();
    if (!p.at(";")) no = blockOrStatement(p);
  }
  return { t: "if", test, yes, no };
}

function loopBody(p: ParseState): Statement {
  const wasInLoop = p.isInLoop;
  p.isInLoop = true;
  const body = blockOrStatement(p);
  p.isInLoop = wasInLoop;
  return body;
}

function whileStatement(p: ParseState): Statement {
  p.next();
  p.match("(");
  const test = p.take(expression(p));
  p.match(")");
  if (p.failed) return { t: "expression", value: p.broken(test), pos: p.lex.lastStart };
  return { t: "while", test, body: loopBody(p) };
}

function doStatement(p: ParseState): Statement {
  p.next();
  const needsSemicolon = !p.at("{");
  const body = loopBody(p);
  if (needsSemicolon) p.match(";");
  p.match("while");
  p.match("(");
  if (p.failed) return { t: "block", body: [body, p.failed] };
  const test = p.take(expression(p));
  p.match(")");
  if (p.failed) {
    return { t: "block", body: [body, { t: "expression", value: p.broken(test), pos: 0 }] };
  }
  return { t: "do", test, body };
}

function forStatement(p: ParseState): Statement {
  p.next();
  p.match("(");
  let init: Statement | undefined;
  p.isForInit = true;
  if (!p.at(";") && !p.failed) init = statement(p);
  p.isForInit = false;
  if (p.failed) return init ?? p.failed;
  if (init && (p.at("in") || p.at("of"))) {
    const isOf = p.at("of");
    p.next();
    const list = p.take(expression(p));
    p.match(")");
    if (p.failed) return { t: "expression", value: p.broken(list), pos: p.lex.lastStart };
    const body = loopBody(p);
    return { t: "each", isOf, init, list, body, pos: p.lex.lastStart };
  }
  p.match(";");
  const test = !p.at(";") && !p.failed ? p.take(expression(p)) : undefined;
  p.match(";");
  const update = !p.at(")") && !p.failed ? expression(p) : undefined;
  p.match(")");
  if (p.failed) {
    const rest: Statement = { t: "expression", value: p.broken(test), pos: 0 };
    return { t: "block", body: init ? [init, rest] : [rest] };
  }
  return { t: "for", init, test, update, body: loopBody(p) };
}

/** Does the block end elsewhere once the mistake in a literal has been executed? The parser is behind the block. */
function endsElsewhere(p: ParseState, start: number): boolean {
  const end = p.lex.start;
  p.lex.seek(start);
  p.isForgiving = false;
  block(p, true);
  p.isForgiving = true;
  const isElsewhere = p.lex.start !== end;
  p.failed = undefined;
  p.lex.seek(end);
  return isElsewhere;
}

function tryStatement(p: ParseState): Statement {
  p.next();
  const { start } = p.lex;
  const { forgiven } = p;
  const body = block(p, true);
  const isLost = p.forgiven > forgiven && !p.failed && endsElsewhere(p, start);
  let param: string | undefined;
  let handler: Statement | undefined;
  let final: Statement | undefined;
  if (p.at("catch") && !p.failed) {
    p.next();
    if (p.at("(")) {
      p.next();
      param = p.lex.value;
      p.match("ID");
      p.match(")");
    }
    handler = p.failed ?? block(p);
  }
  if (p.at("finally") || !handler) {
    p.match("finally");
    if (!p.failed) final = block(p);
  }
  return { t: "try", body, param, handler, final, isLost };
}

function returnStatement(p: ParseState): Statement {
  p.next();
  const value = !p.at(";") && !p.at("}") ? p.take(expression(p)) : undefined;
  if (p.failed) return { t: "expression", value: p.broken(value), pos: p.lex.lastStart };
  return { t: "return", value, isAllowed: p.isInFunction, pos: p.lex.lastStart };
}

function declaration(p: ParseState): Statement {
  const isClass = p.at("class");
  p.next();
  const name = p.lex.value;
  if (!p.match("ID")) return p.failed!;
  const value = isClass ? classDefinition(p, false) : functionDefinition(p, false);
  if (value.t !== "function" && value.t !== "class") return p.failed ?? { t: "empty" };
  return { t: "declare", name, value, pos: p.lex.lastStart };
}
