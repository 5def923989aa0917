/** What the compiler's parts share: the engine, and the way to compile a child node. */
import type { Node, Statement } from "../ast.ts";
import type { Engine } from "../engine.ts";
import type { Frame } from "../scope.ts";
import type { Value } from "../value.ts";
import type { Region } from "./scope.ts";

/** Runs an expression. */
export type Ex = (f: Frame) => Value;
/** Runs a statement; the result says how it ended. */
export type St = (f: Frame) => number;

export const NORMAL = 0;
export const BREAK = 1;
export const CONTINUE = 2;
/** The value is in `engine.returnValue`. */
export const RETURN = 3;

export interface Context {
  e: Engine;
  ex(node: Node, region: Region): Ex;
  /** An expression only tested for existence or truth: unknown members of built-ins are undefined here. */
  test(node: Node, region: Region): Ex;
  st(node: Statement, region: Region): St;
}
