/** Blocks with variables of their own: in the frame around them where that cannot show, else in a new frame. */
import type { Statement } from "../ast.ts";
import { EMPTY, innerFrame, ScopeInfo, type Slot } from "../scope.ts";
import { analyze, blockNames, noUsage } from "./analyze.ts";
import type { St } from "./context.ts";
import { Region } from "./scope.ts";

/**
 * A region with the let and const of `own`. When nothing inside can keep them alive, they live in the frame around;
 * otherwise each execution gets a frame of its own.
 */
export function withNames(
  region: Region,
  own: Statement[],
  whole: Statement,
  make: (inner: Region) => St,
  extra: { name: string; isConst: boolean }[] = [],
): St {
  const names = [...extra, ...blockNames(own)];
  if (names.length === 0) return make(new Region(region, region.info, true));
  const usage = analyze(whole, noUsage());
  if (usage.hasClosure || usage.usesEval || region.info.isDynamic)
    return framed(region, names, make);
  const inner = new Region(region, region.info, true);
  const slots = names.map(({ name, isConst }) => inner.addHidden(name, isConst).slot);
  const run = make(inner);
  if (slots.length === 1) {
    const slot = slots[0]!;
    return (f) => {
      f.slots[slot] = EMPTY;
      return run(f);
    };
  }
  return (f) => {
    for (const slot of slots) f.slots[slot] = EMPTY;
    return run(f);
  };
}

function framed(
  region: Region,
  names: { name: string; isConst: boolean }[],
  make: (inner: Region) => St,
): St {
  const info = new ScopeInfo(region.info, false);
  info.isDynamic = region.info.isDynamic;
  const inner = new Region(region, info, true);
  for (const { name, isConst } of names) {
    inner.add(name, isConst);
    if (isConst) info.constants.add(name);
  }
  const run = make(inner);
  const template: Slot[] = new Array(info.size).fill(EMPTY);
  return (f) => run(innerFrame(f, info, template.slice()));
}
