/**
 * try, catch and finally with the real interpreter's rules: `finally` runs with the pending end set aside and then put
 * back, so a throw inside it is lost unless another exception was pending; interrupts pass through untouched.
 */
import type { Statement } from "../ast.ts";
import { EMPTY, type Frame } from "../scope.ts";
import { EspInterrupt, type EspThrow } from "../value.ts";
import { withNames } from "./blocks.ts";
import { type Context, NORMAL, RETURN, type St } from "./context.ts";
import type { Region } from "./scope.ts";

export function tryStatement(
  c: Context,
  node: Extract<Statement, { t: "try" }>,
  region: Region,
): St {
  const { e } = c;
  const { isLost } = node;
  const body = c.st(node.body, region);
  const final = node.final && c.st(node.final, region);
  const handler = node.handler && catchClause(c, node.param, node.handler, region);
  const guarded: St = !handler
    ? body
    : (f) => {
        try {
          return body(f);
        } catch (thrown) {
          const caught = e.caught(thrown);
          if (isLost && caught.mistakeIn === f.source) throw caught;
          e.frame = f;
          return handler(f, caught);
        }
      };
  if (!final) return guarded;
  return (f) => {
    let end = NORMAL;
    let pending: EspThrow | undefined;
    try {
      end = guarded(f);
    } catch (thrown) {
      pending = e.caught(thrown);
      if (isLost && pending.mistakeIn === f.source) throw pending;
      e.frame = f;
    }
    const returned = e.returnValue;
    try {
      if (final(f) !== RETURN) e.returnValue = returned;
    } catch (thrown) {
      if (thrown instanceof EspInterrupt) throw thrown;
      const inFinal = e.caught(thrown);
      e.frame = f;
      e.returnValue = returned;
      if (pending) pending = inFinal;
    }
    if (pending) throw pending;
    return end;
  };
}

function catchClause(
  c: Context,
  param: string | undefined,
  handler: Statement,
  region: Region,
): (f: Frame, thrown: EspThrow) => number {
  if (param === undefined) {
    const run = c.st(handler, region);
    return (f) => run(f);
  }
  const { e } = c;
  const names = [{ name: param, isConst: false }];
  const run = withNames(
    region,
    [],
    handler,
    (inner) => {
      const inside = c.st(handler, inner);
      const { slot } = inner.names.get(param)!;
      return (f) => {
        if (f.slots[slot] === EMPTY) f.slots[slot] = e.caughtValue;
        return inside(f);
      };
    },
    names,
  );
  return (f, thrown) => {
    e.caughtValue = thrown.value;
    return run(f);
  };
}
