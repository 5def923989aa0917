/** Statements to host closures that answer how they ended; nothing is thrown for break, continue and return. */
import type { Statement } from "../ast.ts";
import { truthy } from "../convert.ts";
import { makeThrow } from "../errors.ts";
import { strictEqual } from "../operators.ts";
import { EMPTY } from "../scope.ts";
import { EspFunction, EspThrow } from "../value.ts";
import { withNames } from "./blocks.ts";
import { replaceFunction } from "./closures.ts";
import { BREAK, CONTINUE, type Context, NORMAL, RETURN, type St } from "./context.ts";
import { declareVariable, isDeclared } from "./identifiers.ts";
import { doLoop, eachLoop, forLoop, whileLoop } from "./loops.ts";
import { mention } from "./members.ts";
import type { Region } from "./scope.ts";
import { tryStatement } from "./try.ts";

const NOTHING: St = () => NORMAL;

export function compileStatement(c: Context, node: Statement, region: Region): St {
  const { e } = c;
  switch (node.t) {
    case "expression": {
      const run = mention(c, node.value, region);
      return (f) => {
        e.operations++;
        run(f);
        return NORMAL;
      };
    }
    case "var":
      return variables(c, node, region);
    case "declare":
      return declaration(c, node, region);
    case "block":
      return block(c, node.body, region);
    case "if": {
      const test = c.test(node.test, region);
      const yes = node.yes ? c.st(node.yes, region) : NOTHING;
      const no = node.no ? c.st(node.no, region) : NOTHING;
      return (f) => {
        e.operations++;
        return truthy(test(f)) ? yes(f) : no(f);
      };
    }
    case "while":
      return whileLoop(c, node, region);
    case "do":
      return doLoop(c, node, region);
    case "for":
      return withNames(region, node.init ? [node.init] : [], node, (inner) =>
        forLoop(c, node, inner),
      );
    case "each":
      return withNames(region, [node.init], node, (inner) => eachLoop(c, node, inner));
    case "switch":
      return switchStatement(c, node, region);
    case "try":
      return tryStatement(c, node, region);
    case "return":
      return returnStatement(c, node, region);
    case "throw": {
      const value = c.ex(node.value, region);
      return (f) => {
        e.operations++;
        const thrown = value(f);
        f.pos = node.pos;
        throw new EspThrow(thrown);
      };
    }
    case "break":
      return () => BREAK;
    case "continue":
      return () => CONTINUE;
    case "empty":
      return NOTHING;
    case "error": {
      const fail = c.ex(node, region);
      return (f) => {
        fail(f);
        return NORMAL;
      };
    }
  }
}

/** Statements one after the other. */
export function sequence(c: Context, body: Statement[], region: Region): St {
  const parts = body.filter((part) => part.t !== "empty").map((part) => c.st(part, region));
  const [a, b] = parts;
  if (!a) return NOTHING;
  if (!b) return a;
  if (parts.length === 2) return (f) => a(f) || b(f);
  const { length } = parts;
  return (f) => {
    for (let i = 0; i < length; i++) {
      const end = parts[i]!(f);
      if (end !== NORMAL) return end;
    }
    return NORMAL;
  };
}

function block(c: Context, body: Statement[], region: Region): St {
  return withNames(region, body, { t: "block", body }, (inner) => sequence(c, body, inner));
}

function variables(c: Context, node: Extract<Statement, { t: "var" }>, region: Region): St {
  const { e } = c;
  const parts = node.items.map(({ name, init, pos }) => {
    const declare = declareVariable(c, name, node.kind, pos, region);
    if (!init) return { declare, init: undefined };
    return { declare, init: c.ex(init, region) };
  });
  return (f) => {
    for (let i = 0; i < parts.length; i++) {
      const { declare, init } = parts[i]!;
      e.operations++;
      if (init) {
        // The name exists, undefined, while its value is worked out.
        const isNew = declare(f, undefined, false, true);
        declare(f, init(f), true, isNew);
      } else declare(f, undefined, false, true);
    }
    return NORMAL;
  };
}

function declaration(c: Context, node: Extract<Statement, { t: "declare" }>, region: Region): St {
  const { e } = c;
  const value = c.ex(node.value, region);
  const declare = declareVariable(c, node.name, "var", node.pos, region);
  const base = region.base();
  const known = base ? isDeclared(c, node.name, base) : undefined;
  const read = c.ex({ t: "id", name: node.name, pos: node.pos }, base ?? region);
  const depth = base ? region.depthTo(base) : 0;
  return (f) => {
    e.operations++;
    const fn = value(f) as EspFunction;
    let old: unknown;
    if (base) {
      let frame = f;
      for (let i = depth; i > 0; i--) frame = frame.parent!;
      const binding = base.names.get(node.name);
      if (binding && frame.slots[binding.slot] !== EMPTY) old = frame.slots[binding.slot];
      else if (!binding && frame.dynamic?.has(node.name))
        old = known?.(frame) ? read(frame) : undefined;
    } else old = e.global.props!.get(node.name);
    // A function of that name keeps its identity and takes the new code.
    if (old instanceof EspFunction && old !== fn) replaceFunction(old, fn);
    else declare(f, fn, true, false);
    return NORMAL;
  };
}

function returnStatement(
  c: Context,
  node: Extract<Statement, { t: "return" }>,
  region: Region,
): St {
  const { e } = c;
  const value = node.value && c.ex(node.value, region);
  if (!node.isAllowed) {
    return (f) => {
      value?.(f);
      f.pos = node.pos;
      throw makeThrow(e, "SyntaxError", "RETURN statement, but not in a function.", f);
    };
  }
  if (!value) {
    return () => {
      e.operations++;
      e.returnValue = undefined;
      return RETURN;
    };
  }
  return (f) => {
    e.operations++;
    e.returnValue = value(f);
    return RETURN;
  };
}

/** Every test is evaluated, even after one has matched; `default` comes last or not at all. */
function switchStatement(
  c: Context,
  node: Extract<Statement, { t: "switch" }>,
  region: Region,
): St {
  const { e } = c;
  const on = c.ex(node.value, region);
  // A name's value is taken at every test, and never without one.
  const isName = node.value.t === "id";
  const cases = node.cases.map(({ test, body, pos }) => ({
    test: c.ex(test, region),
    isConstant: test.t === "const",
    body: sequence(c, body, region),
    pos,
  }));
  const fallback = node.fallback && sequence(c, node.fallback, region);
  return (f) => {
    e.operations++;
    let value = isName ? undefined : on(f);
    let isRunning = false;
    let hasEnded = false;
    for (const { test, isConstant, body } of cases) {
      if (isConstant && (isRunning || hasEnded)) {
        if (hasEnded) continue;
      } else {
        const other = test(f);
        if (isName) value = on(f);
        if (hasEnded) continue;
        if (!isRunning && strictEqual(e, value, other)) isRunning = true;
      }
      if (!isRunning) continue;
      const end = body(f);
      if (end === BREAK) hasEnded = true;
      else if (end !== NORMAL) return end;
    }
    if (hasEnded || !fallback) return NORMAL;
    const end = fallback(f);
    return end === BREAK ? NORMAL : end;
  };
}
