/**
 * What the parser hands to the compiler. `pos` is where the real interpreter's lexer would stand when the node fails:
 * the start of the token before the current one, since stack traces show that. An "error" node throws when execution
 * reaches it, which is when the real interpreter would notice a mistake in the text.
 */
import type { FunctionCode, SourceText } from "./scope.ts";

export type ErrorType = "Error" | "TypeError" | "SyntaxError" | "ReferenceError" | "InternalError";

export interface ErrorNode {
  t: "error";
  type: ErrorType;
  message: string;
  pos: number;
}

export interface FunctionNode {
  t: "function";
  params: string[];
  code: FunctionCode;
  /** Own name of a function expression. */
  innerName: string | undefined;
  isArrow: boolean;
  hasThis: boolean;
  hasCode: boolean;
  pos: number;
}

export interface ClassMember {
  isStatic: boolean;
  kind: "method" | "get" | "set" | "constructor" | "value";
  key: string;
  value: Node;
}

export interface ClassNode {
  t: "class";
  innerName: string | undefined;
  parent: IdNode | undefined;
  /** Code that a class without constructor runs when it extends another. */
  inherited: FunctionCode | undefined;
  members: ClassMember[];
  error: ErrorNode | undefined;
  pos: number;
}

export interface IdNode {
  t: "id";
  name: string;
  pos: number;
}
export interface DotNode {
  t: "dot";
  object: Node;
  name: string;
  pos: number;
}
export interface IndexNode {
  t: "index";
  object: Node;
  index: Node;
  pos: number;
}
export interface CallNode {
  t: "call" | "new";
  callee: Node;
  /** undefined: `new X` without brackets. */
  args: Node[];
  /** Where the callee is looked at, and where the call happens. */
  calleePos: number;
  pos: number;
}
export interface SuperNode {
  t: "super";
  isCall: boolean;
  pos: number;
}
export interface ObjectEntry {
  kind: "value" | "get" | "set";
  key: string;
  value: Node;
}

export type Node =
  | { t: "const"; value: undefined | null | boolean | number | string }
  | IdNode
  | DotNode
  | IndexNode
  | CallNode
  | SuperNode
  | FunctionNode
  | ClassNode
  | ErrorNode
  | { t: "this" }
  | { t: "array"; items: (Node | undefined)[] }
  | { t: "object"; entries: ObjectEntry[] }
  | { t: "unary"; op: string; a: Node; pos: number }
  | { t: "binary"; op: string; a: Node; b: Node; pos: number }
  | { t: "logical"; op: string; a: Node; b: Node }
  | { t: "conditional"; test: Node; yes: Node; no: Node }
  | { t: "assign"; op: string; target: Node; value: Node; pos: number }
  | { t: "update"; op: string; isPrefix: boolean; target: Node; pos: number }
  | { t: "typeof" | "delete" | "void"; a: Node; pos: number }
  | { t: "comma"; items: Node[] }
  | { t: "template"; parts: (string | Node)[]; sources: SourceText[]; pos: number }
  | { t: "regex"; source: string; flags: string | undefined; pos: number }
  /** Evaluate what was read before a mistake in the text, then throw. */
  | { t: "broken"; before: Node[]; error: ErrorNode };

export type Statement =
  | { t: "expression"; value: Node; pos: number }
  | {
      t: "var";
      kind: "var" | "let" | "const";
      items: { name: string; init: Node | undefined; pos: number }[];
    }
  | { t: "declare"; name: string; value: FunctionNode | ClassNode; pos: number }
  | { t: "block"; body: Statement[] }
  | { t: "if"; test: Node; yes: Statement | undefined; no: Statement | undefined }
  | { t: "while"; test: Node; body: Statement | undefined }
  | { t: "do"; test: Node; body: Statement | undefined }
  | {
      t: "for";
      init: Statement | undefined;
      test: Node | undefined;
      update: Node | undefined;
      body: Statement | undefined;
    }
  | {
      t: "each";
      isOf: boolean;
      init: Statement;
      list: Node;
      body: Statement | undefined;
      pos: number;
    }
  | {
      t: "switch";
      value: Node;
      cases: { test: Node; body: Statement[]; pos: number }[];
      fallback: Statement[] | undefined;
    }
  | {
      t: "try";
      body: Statement;
      param: string | undefined;
      handler: Statement | undefined;
      final: Statement | undefined;
      /** After a mistake in an executed literal the real parser does not find the end of the body. */
      isLost: boolean;
    }
  | { t: "return"; value: Node | undefined; isAllowed: boolean; pos: number }
  | { t: "throw"; value: Node; pos: number }
  | { t: "break" | "continue" }
  | { t: "empty" }
  | ErrorNode;
