/** Global variables: the program's own first, then built-ins, which enter the globals when they are touched. */
import { typeName } from "./convert.ts";
import type { Engine } from "./engine.ts";
import { makeThrow } from "./errors.ts";
import { ensurePrototype } from "./properties.ts";
import type { Frame } from "./scope.ts";
import { State } from "./state.ts";
import { EspFunction, EspObject, type Value } from "./value.ts";

export abstract class Globals extends State {
  abstract call(fn: Value, self: Value, args: Value[]): Value;

  /** This object as what it will be once complete. */
  protected get engine(): Engine {
    return this as unknown as Engine;
  }

  hasGlobal(name: string): boolean {
    return this.global.props!.has(name) || this.builtins.has(name);
  }

  /** A variable no scope has: a global, a built-in, or a ReferenceError at `pos`. */
  readGlobal(name: string, f: Frame, pos: number): Value {
    const props = this.global.props!;
    const own = props.get(name);
    if (own !== undefined) return own;
    if (props.has(name)) {
      const accessor = this.global.accessors?.get(name);
      if (accessor && accessor !== "readonly")
        return accessor.get && this.call(accessor.get, this.global, []);
      return undefined;
    }
    f.pos = pos;
    this.frame = f;
    const builtin = this.builtins.get(name);
    if (!builtin) throw makeThrow(this.engine, "ReferenceError", `"${name}" is not defined`, f);
    if (builtin.kind === "function") return builtin.fn;
    if (builtin.kind === "value") return builtin.get();
    return this.touchObject(name);
  }

  /** A built-in class or object, entered into the globals when first touched. */
  touchObject(name: string): Value {
    const props = this.global.props!;
    const own = props.get(name);
    if (own !== undefined) return own;
    const builtin = this.builtins.get(name);
    if (builtin?.kind !== "class") return undefined;
    const object = builtin.make();
    props.set(name, object);
    return object;
  }

  /** The prototype of a built-in class, both entered into the globals when first touched. */
  touchClass(name: string): EspObject | undefined {
    const object = this.touchObject(name);
    if (!(object instanceof EspFunction)) return undefined;
    const proto = object.props?.get("prototype");
    return proto instanceof EspObject ? proto : ensurePrototype(this.engine, object);
  }

  /** The prototype of a class if the program has touched it. */
  userPrototype(name: string): EspObject | undefined {
    const object = this.global.props!.get(name);
    if (!(object instanceof EspObject)) return undefined;
    const proto = object.props?.get("prototype");
    return proto instanceof EspObject ? proto : undefined;
  }

  writeGlobal(name: string, value: Value, f: Frame, pos: number): void {
    const props = this.global.props!;
    const accessor = this.global.accessors?.get(name);
    if (accessor) {
      f.pos = pos;
      if (accessor === "readonly")
        throw makeThrow(this.engine, "TypeError", "Assignment to a constant", f);
      if (accessor.set) this.call(accessor.set, this.global, [value]);
      return;
    }
    if (!props.has(name)) {
      const builtin = this.builtins.get(name);
      if (builtin && builtin.kind !== "class") {
        f.pos = pos;
        this.frame = f;
        const kind = typeName(builtin.kind === "function" ? builtin.fn : builtin.get());
        throw makeThrow(this.engine, "Error", `Unable to assign value to non-reference ${kind}`, f);
      }
      this.allocated += 2;
    }
    props.set(name, value);
  }

  declareGlobal(
    name: string,
    value: Value,
    hasValue: boolean,
    isConst: boolean,
    f: Frame,
    pos: number,
  ): boolean {
    const props = this.global.props!;
    const isNew = !props.has(name);
    if (isNew) {
      props.set(name, value);
      this.allocated += 2;
    } else if (hasValue) this.writeGlobal(name, value, f, pos);
    if (isConst && hasValue) {
      this.global.accessors ??= new Map();
      this.global.accessors.set(name, "readonly");
    }
    return isNew;
  }
}
