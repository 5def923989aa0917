/** Turns parsed text into closures: whole functions, and program text for the top level, eval and files. */
import type { Node, Statement } from "../ast.ts";
import type { Engine } from "../engine.ts";
import { parseExpressionBody, parseProgram } from "../parser/statements.ts";
import {
  type CompiledFunction,
  EMPTY,
  type Frame,
  type FunctionCode,
  ScopeInfo,
  type Slot,
  type SourceText,
} from "../scope.ts";
import type { Value } from "../value.ts";
import { analyze, blockNames, noUsage } from "./analyze.ts";
import { type Context, type Ex, RETURN, type St } from "./context.ts";
import { compileExpression, compileTest } from "./expressions.ts";
import { Region, regionsOf } from "./scope.ts";
import { compileStatement, sequence } from "./statements.ts";

export function createContext(e: Engine): Context {
  const c: Context = {
    e,
    ex: (node, region) => compileExpression(c, node, region),
    test: (node, region) => compileTest(c, node, region),
    st: (node, region) => compileStatement(c, node, region),
  };
  return c;
}

export function compileFunction(
  c: Context,
  code: FunctionCode,
  outer: ScopeInfo | null,
  innerName: string | undefined,
): CompiledFunction {
  const { e } = c;
  const info = new ScopeInfo(outer, true);
  const region = new Region(regionsOf(outer), info, false);
  // Two parameters of one name: the first is found, as in a list.
  let params = 0;
  for (const name of code.params) {
    if (region.names.has(name)) info.size++;
    else region.add(name, false);
    params++;
  }
  let selfSlot = -1;
  if (innerName !== undefined && !region.names.has(innerName)) {
    selfSlot = region.add(innerName, false).slot;
  }
  const expression = code.isReturn ? parseExpressionBody(code.source) : undefined;
  const statements = code.isReturn ? [] : parseProgram(code.source, true);
  const usage = analyze([...statements, expression], noUsage());
  for (const name of usage.vars) region.add(name, false);
  for (const { name, isConst } of blockNames(statements)) {
    const known = region.names.get(name);
    if (known) known.isConst = isConst;
    else region.add(name, isConst);
    if (isConst) info.constants.add(name);
  }
  if (usage.usesArguments) region.add("arguments", false);
  if (usage.usesEval || outer?.isDynamic) info.isDynamic = true;
  const run = code.isReturn
    ? valueBody(c, expression, region)
    : body(e, sequence(c, statements, region));
  const template: Slot[] = new Array(info.size).fill(EMPTY);
  for (let i = 0; i < params; i++) template[i] = undefined;
  return { info, template, paramCount: params, selfSlot, run };
}

function valueBody(c: Context, expression: Node | undefined, region: Region): Ex {
  return expression ? c.ex(expression, region) : () => undefined;
}

function body(e: Engine, run: St): Ex {
  return (f) => {
    if (run(f) !== RETURN) return undefined;
    const value = e.returnValue;
    e.returnValue = undefined;
    return value;
  };
}

export interface Program {
  info: ScopeInfo;
  run: (f: Frame) => Value;
}

/** Text to run in the scope of `outer` (null: the top level); answers the value of the last statement. */
export function compileProgram(c: Context, source: SourceText, outer: Frame | null): Program {
  const info = new ScopeInfo(outer?.info ?? null, false);
  info.isTop = outer === null || outer.info.isTop;
  info.isDynamic = outer?.info.isDynamic ?? false;
  const region = new Region(regionsOf(outer?.info ?? null), info, false);
  const parts = parseProgram(source).map((part, i, all) =>
    i === all.length - 1 || part.t !== "expression"
      ? valueOfStatement(c, part, region)
      : c.st(part, region),
  );
  return {
    info,
    run: (f) => {
      let last: Value;
      while (f.slots.length < info.size) f.slots.push(EMPTY);
      for (const part of parts) last = part(f);
      return last;
    },
  };
}

/** What a console shows after a statement. */
function valueOfStatement(c: Context, node: Statement, region: Region): Ex {
  if (node.t === "expression") {
    const run = c.ex(node.value, region);
    return (f) => {
      c.e.operations++;
      return run(f);
    };
  }
  const run = c.st(node, region);
  if (node.t === "var" || node.t === "declare") {
    const name = node.t === "var" ? node.items.at(-1)?.name : node.name;
    if (name === undefined) return (f) => void run(f);
    const read = c.ex({ t: "id", name, pos: 0 }, region);
    return (f) => {
      run(f);
      return read(f);
    };
  }
  if (node.t === "if") {
    const test = c.test(node.test, region);
    const yes = node.yes && valueOfStatement(c, node.yes, region);
    const no = node.no && valueOfStatement(c, node.no, region);
    return (f) => (c.e.truthy(test(f)) ? yes?.(f) : no?.(f));
  }
  return (f) => {
    run(f);
    return undefined;
  };
}
