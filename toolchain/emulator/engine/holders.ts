/**
 * Who holds the JsVars: the same walk as memory.ts, with each JsVar put down to the function, the variable or the part
 * of the interpreter that it belongs to. What several refer to counts for the one nearest to the global object.
 */
import type { Engine } from "./engine.ts";
import { Walk, walkAll } from "./memory.ts";
import { Frame } from "./scope.ts";
import { EspFunction, EspObject, type Value } from "./value.ts";

export interface Holder {
  /**
   * - `function`: the function objects made from one place in the source.
   * - `variable`: a variable and the data reached through it; name "" is the scope itself.
   * - `global`: the same for a property of the global object.
   * - `interpreter`: what it keeps for itself, by name: "boot", "timers and watches", "events", "calls".
   */
  kind: "function" | "variable" | "global" | "interpreter";
  name: string;
  /** File of the function, or of the function whose variable it is; "" where the text lies in RAM. */
  file: string;
  /** Where in that file the function's code begins; -1 where the text lies in RAM. */
  offset: number;
  jsvars: number;
}

class HolderWalk extends Walk {
  readonly rows = new Map<string, Holder>();
  private readonly global: EspObject;
  private readonly owners = new Map<object, Holder>();
  private owner: Holder;
  /** The scope or the global object whose properties are being looked at. */
  private names: Frame | EspObject | undefined;
  /** JsVars put down to someone so far. */
  private settled = 0;

  constructor(e: Engine) {
    super(e.layout);
    this.global = e.global;
    this.owner = this.row("interpreter", "boot");
  }

  override part(name: string): void {
    this.settle();
    this.owner = this.row("interpreter", name);
  }

  /** Nearest first, where the plain walk takes any order. */
  override run(): number {
    this.settle();
    for (let next = this.pending.shift(); next; next = this.pending.shift()) {
      const owner = this.owners.get(next) ?? this.owner;
      this.owner = next instanceof Frame ? this.variable(next, "") : owner;
      const isNamed = next instanceof Frame || next === this.global;
      this.names = isNamed ? (next as Frame | EspObject) : undefined;
      this.visit(next);
      this.settle();
    }
    return this.vars;
  }

  override reach(target: object): void {
    if (!this.owners.has(target)) this.owners.set(target, this.ownerOf(target));
    super.reach(target);
  }

  protected override property(key: string, value: Value): void {
    const { owner, names } = this;
    if (names) {
      this.settle();
      this.owner = names instanceof Frame ? this.variable(names, key) : this.row("global", key);
    }
    super.property(key, value);
    if (!names) return;
    this.settle();
    this.owner = owner;
  }

  private ownerOf(target: object): Holder {
    if (target instanceof EspFunction && target.code) {
      const { file, fileOffset, isNative } = target.code.source;
      return this.row("function", "", isNative ? file : "", isNative ? fileOffset : -1);
    }
    if (!(target instanceof EspObject)) return this.owner;
    // An object of closures is the work of the function that they were made in.
    for (const value of target.props?.values() ?? []) {
      const scope = value instanceof EspFunction ? value.scope : null;
      if (scope?.parent && scope.fn) return this.variable(scope, "");
    }
    return this.owner;
  }

  /** A variable of a function's scope; of one that is not a function's: what the function around it has. */
  private variable(frame: Frame, name: string): Holder {
    const source = frame.fn?.code?.source;
    const isNative = source?.isNative ?? false;
    return this.row(
      "variable",
      name,
      isNative ? source?.file : "",
      isNative ? source?.fileOffset : -1,
    );
  }

  private settle(): void {
    this.owner.jsvars += this.vars - this.settled;
    this.settled = this.vars;
  }

  private row(kind: Holder["kind"], name: string, file = "", offset = -1): Holder {
    const key = `${kind} ${file} ${offset} ${name}`;
    let row = this.rows.get(key);
    if (!row) {
      row = { kind, name, file, offset, jsvars: 0 };
      this.rows.set(key, row);
    }
    return row;
  }
}

/** Everybody who holds something, largest first; the sum is what `memory().usage` says. */
export function holdersOf(e: Engine): Holder[] {
  const walk = new HolderWalk(e);
  walkAll(e, walk);
  const rows = [...walk.rows.values()].filter(({ jsvars }) => jsvars > 0);
  return rows.sort((a, b) => b.jsvars - a.jsvars || (a.name < b.name ? -1 : 1));
}
