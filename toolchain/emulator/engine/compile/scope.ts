/** Scopes at compile time: which slot of which frame a name means, innermost first. */
import type { ScopeInfo } from "../scope.ts";

export interface Binding {
  slot: number;
  isConst: boolean;
}

export interface Place extends Binding {
  /** Frames to go outward. */
  depth: number;
}

/** A region whose names are known. Several may share one frame when blocks need none of their own. */
export class Region {
  readonly parent: Region | null;
  /** The frame the region's variables live in. */
  readonly info: ScopeInfo;
  readonly names = new Map<string, Binding>();
  /** Let and const belong to a block here, not to the function or the global object. */
  readonly isBlock: boolean;

  constructor(parent: Region | null, info: ScopeInfo, isBlock: boolean) {
    this.parent = parent;
    this.info = info;
    this.isBlock = isBlock;
  }

  /** Reserve a slot that only this region can see. */
  addHidden(name: string, isConst: boolean): Binding {
    const binding = { slot: this.info.size++, isConst };
    this.names.set(name, binding);
    return binding;
  }

  add(name: string, isConst: boolean): Binding {
    const binding = { slot: this.info.add(name), isConst };
    this.names.set(name, binding);
    return binding;
  }

  /** Every place the name may be found in at run time, innermost first; undefined when only a search by name is sure. */
  resolve(name: string): Place[] | undefined {
    const places: Place[] = [];
    let depth = 0;
    for (let at: Region | null = this; at; at = at.parent) {
      if (at.info.isDynamic) return undefined;
      const binding = at.names.get(name);
      if (binding) places.push({ ...binding, depth });
      if (at.parent && at.parent.info !== at.info) depth++;
    }
    return places;
  }

  /** The region that takes `var`; null at the top level. */
  base(): Region | null {
    let at: Region | null = this;
    while (at && !(at.info.isFunction && !at.isBlock)) at = at.parent;
    return at;
  }

  /** Frames between this region and `outer`. */
  depthTo(outer: Region): number {
    let depth = 0;
    for (let at: Region = this; at !== outer && at.parent; at = at.parent) {
      if (at.parent.info !== at.info) depth++;
    }
    return depth;
  }
}

/** Regions for frames that exist already: what a function sees of the places it was made in. */
export function regionsOf(info: ScopeInfo | null): Region | null {
  if (!info) return null;
  const region = new Region(regionsOf(info.parent), info, false);
  for (const [name, slot] of info.names) {
    region.names.set(name, { slot, isConst: info.constants.has(name) });
  }
  return region;
}
