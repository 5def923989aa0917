/** The switch statement: `default` must come last. */
import type { Statement } from "../ast.ts";
import type { ParseState } from "./state.ts";

export function switchStatement(
  p: ParseState,
  blockOrStatement: (p: ParseState) => Statement,
): Statement {
  p.next();
  p.match("(");
  const value = p.grammar.expression(p);
  p.match(")");
  p.match("{");
  if (p.failed) return { t: "expression", value: p.broken(value), pos: p.lex.lastStart };
  const node: Extract<Statement, { t: "switch" }> = {
    t: "switch",
    value,
    cases: [],
    fallback: undefined,
  };
  const wasInSwitch = p.isInSwitch;
  p.isInSwitch = true;
  const body = (isEnd: (token: string) => boolean): Statement[] => {
    const list: Statement[] = [];
    while (!p.failed && !p.at("EOF") && !isEnd(p.lex.tk)) list.push(blockOrStatement(p));
    if (p.failed) list.push(p.failed);
    return list;
  };
  while (p.at("case") && !p.failed) {
    p.next();
    const test = p.grammar.assignment(p);
    p.match(":");
    const pos = p.lex.lastStart;
    p.take(test);
    // The value is looked up when the first test is compared with it.
    if (node.cases.length === 0) p.take(value);
    node.cases.push({
      test: p.failed ? p.broken(test) : test,
      pos,
      body: body((tk) => tk === "case" || tk === "default" || tk === "}"),
    });
  }
  if (p.at("default") && !p.failed) {
    p.next();
    p.match(":");
    node.fallback = body((tk) => tk === "}" || tk === "case");
  }
  p.isInSwitch = wasInSwitch;
  if (p.at("case") && !p.failed) {
    p.fail("SyntaxError", "CASE after DEFAULT unsupported");
    return node;
  }
  p.match("}");
  return node;
}
