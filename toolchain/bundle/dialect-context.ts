/** What every rule of the dialect check sees of a parsed bundle. */
import type { Board } from "./builtins.ts";
import type { Binding, Scopes } from "./scopes.ts";
import type { Identifier } from "./syntax-tree.ts";

export interface DialectContext {
  board: Board;
  code: string;
  scopes: Scopes;
  /** Variable an identifier refers to; absent for global names. */
  bindings: Map<Identifier, Binding>;
  /** Property names that the program itself defines somewhere. */
  defined: ReadonlySet<string>;
  /** Names that the program adds to a built-in prototype or constructor. */
  added: ReadonlySet<string>;
  report(node: { start: number }, rule: string, message: string): void;
  /** Check a program that stands in a string and is run later. */
  checkText(node: { start: number }, text: string): void;
}
