/** The parser's position and the rules for mistakes: the first one stops reading and becomes an error node. */
import type { ErrorNode, ErrorType, Node } from "../ast.ts";
import { Lexer, type Token, tokenTitle } from "../lexer.ts";
import type { SourceText } from "../scope.ts";

/** The expression rules, given in so that the parts of the parser need not import each other. */
export interface Grammar {
  expression(p: ParseState): Node;
  assignment(p: ParseState): Node;
}

export class ParseState {
  readonly grammar: Grammar;
  readonly lex: Lexer;
  readonly source: SourceText;
  /** The first mistake; once set, nothing more is read. */
  failed: ErrorNode | undefined;
  /** Only looking for the end: blocks and object literals are skipped by their brackets. */
  isSkipping = false;
  /** A literal with a mistake is passed over by its brackets, as where it is not executed. */
  isForgiving = true;
  forgiven = 0;
  isInLoop = false;
  isInSwitch = false;
  isInFunction: boolean;
  /** In the head of a `for`: `in` is not an operator there. */
  isForInit = false;

  constructor(source: SourceText, isInFunction: boolean, grammar: Grammar) {
    this.grammar = grammar;
    this.source = source;
    this.lex = new Lexer(source.text);
    this.isInFunction = isInFunction;
  }

  fail(type: ErrorType, message: string, pos = this.lex.lastStart): ErrorNode {
    this.failed ??= { t: "error", type, message, pos };
    return this.failed;
  }

  next(): void {
    this.lex.next();
  }

  /** Is this the current token? */
  at(token: Token): boolean {
    return this.lex.tk === token;
  }

  /** Consume the token, or fail naming what was found. */
  match(token: Token): boolean {
    if (this.failed) return false;
    if (this.lex.tk !== token) {
      this.fail("SyntaxError", `Got ${this.found()} expected ${tokenTitle(token)}`, this.lex.start);
      return false;
    }
    this.lex.next();
    return true;
  }

  found(): string {
    const { tk, value } = this.lex;
    // The real buffer holds 30 characters of the message.
    if (tk === "ID") return `ID:${value}`.substring(0, 29);
    if (tk === "STR") return `String:'${value.substring(0, 63)}'`.substring(0, 29);
    return tokenTitle(tk);
  }

  /** What was read so far, followed by the mistake. */
  broken(...before: (Node | undefined)[]): Node {
    const error = this.failed!;
    const read = before.filter((node): node is Node => node !== undefined && node !== error);
    return read.length === 0 ? error : { t: "broken", before: read, error };
  }

  /** The value of a name is taken here: a missing variable is reported at this place. */
  take(node: Node): Node {
    if (node.t === "id") node.pos = this.lex.lastStart;
    return node;
  }

  /** Skip to the bracket that closes the block whose opening one was consumed. */
  skipBlock(): void {
    for (let depth = 1; this.lex.tk !== "EOF"; this.next()) {
      if (this.lex.tk === "{") depth++;
      else if (this.lex.tk === "}" && --depth === 0) return;
    }
  }
}
