/** Array, object and regular expression literals. */
import type { Node, ObjectEntry } from "../ast.ts";
import { functionDefinition } from "./functions.ts";
import { literalNumber } from "./numbers.ts";
import type { ParseState } from "./state.ts";

const UNDEFINED: Node = { t: "const", value: undefined };

export function regex(p: ParseState): Node {
  const text = p.lex.value;
  const end = text.lastIndexOf("/");
  const flags = end + 1 < text.length ? text.substring(end + 1) : undefined;
  const pos = p.lex.lastStart;
  p.next();
  return { t: "regex", source: text.substring(1, end), flags, pos };
}

export function arrayLiteral(p: ParseState): Node {
  const items: (Node | undefined)[] = [];
  p.match("[");
  while (!p.at("]") && !p.failed) {
    items.push(p.at(",") ? undefined : p.take(p.grammar.assignment(p)));
    if (!p.at("]")) p.match(",");
  }
  p.match("]");
  return p.failed ? p.broken(...items) : { t: "array", items };
}

export function objectLiteral(p: ParseState): Node {
  p.match("{");
  if (p.isSkipping) {
    p.skipBlock();
    p.match("}");
    return p.failed ?? UNDEFINED;
  }
  const from = p.lex.start;
  const hadFailed = p.failed !== undefined;
  const entries: ObjectEntry[] = [];
  while (!p.at("}") && !p.failed) {
    objectEntry(p, entries);
    if (!p.at("}")) p.match(",");
  }
  p.match("}");
  if (!p.failed) return { t: "object", entries };
  const broken = p.broken(...entries.map((entry) => entry.value));
  if (hadFailed || !p.isForgiving) return broken;
  // Where it is not executed it is skipped by its brackets, and its mistake is never met.
  p.failed = undefined;
  p.forgiven++;
  p.lex.seek(from);
  p.skipBlock();
  p.match("}");
  return broken;
}

function objectEntry(p: ParseState, entries: ObjectEntry[]): void {
  const { lex } = p;
  const isIdentifier = p.at("ID");
  let key = "";
  if (lex.isWord()) key = lex.word();
  else if (p.at("STR")) key = lex.value;
  else if (p.at("INT") || p.at("FLOAT")) {
    key = p.source ? numberKey(literalNumber(lex.value, p.at("FLOAT"))) : "";
  } else {
    p.match("ID");
    return;
  }
  p.next();
  if (p.at("ID") && (key === "get" || key === "set")) {
    const name = lex.value;
    p.next();
    entries.push({ kind: key, key: name, value: functionDefinition(p, false) });
  } else if (p.at("(")) {
    entries.push({ kind: "value", key, value: functionDefinition(p, false) });
  } else if (isIdentifier && (p.at(",") || p.at("}"))) {
    entries.push({ kind: "value", key, value: { t: "id", name: key, pos: lex.lastStart } });
  } else if (p.match(":")) {
    entries.push({ kind: "value", key, value: p.take(p.grammar.assignment(p)) });
  }
}

const numberKey = (value: number): string => String(value);
