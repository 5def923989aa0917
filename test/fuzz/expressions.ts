/** Random expressions of the device dialect and of wider Espruino JavaScript, by the kind of value they should have. */
import type { Dice } from "./dice.ts";
import * as literals from "./literals.ts";
import { type Kind, METHODS, type Method, type Parameter, STATICS } from "./methods.ts";

export interface Variable {
  name: string;
  kind: Kind;
}

const VIEWS = ["Uint8Array", "Int8Array", "Uint16Array", "Int16Array", "Uint32Array", "Int32Array"];
const KEYS = ["a", "b", "key", "longer", "x1", "length", "0", "1", "7", "name"];
const KINDS: Kind[] = ["int", "num", "str", "bool", "arr", "obj", "typed", "fn", "date"];
const ANY_WEIGHTS = { int: 6, num: 4, str: 6, bool: 2, arr: 5, obj: 5, typed: 2, fn: 1, date: 1 };

export class Expressions {
  readonly dice: Dice;
  variables: Variable[] = [];

  constructor(dice: Dice) {
    this.dice = dice;
  }

  /** Any kind, sometimes nothing at all. */
  any(depth: number): string {
    const { dice } = this;
    if (dice.chance(5)) return dice.pick(["null", "undefined", "true", "NaN", "nope", "this"]);
    return this.of(dice.weighted(ANY_WEIGHTS), depth);
  }

  of(kind: Kind, depth: number): string {
    const { dice } = this;
    const known = this.variables.filter((v) => v.kind === kind || dice.chance(3));
    if (known.length > 0 && dice.chance(depth <= 0 ? 65 : 35)) return dice.pick(known).name;
    if (depth <= 0) return this.literal(kind, 0);
    const shape = dice.weighted({ literal: 4, operator: 4, method: 5, choice: 1, call: 1 });
    if (shape === "literal") return this.literal(kind, depth);
    if (shape === "operator") return this.operator(kind, depth);
    if (shape === "method") return this.method(kind, depth);
    if (shape === "choice") {
      const test = this.of("bool", depth - 1);
      return `(${test}?${this.of(kind, depth - 1)}:${this.of(kind, depth - 1)})`;
    }
    return `(${this.callback(2, kind, depth - 1)})(${this.any(depth - 1)})`;
  }

  literal(kind: Kind, depth: number): string {
    const { dice } = this;
    switch (kind) {
      case "int":
        return literals.int(dice);
      case "num":
        return literals.number(dice);
      case "str":
        return depth > 0 && dice.chance(15) ? this.template(depth) : literals.text(dice);
      case "bool":
        return dice.pick(["true", "false"]);
      case "arr":
        return this.array(depth);
      case "obj":
        return this.object(depth);
      case "typed": {
        const values = dice.many(6, () => literals.number(dice));
        return `new ${dice.pick(VIEWS)}([${values.join(",")}])`;
      }
      case "fn":
        return this.callback(2, "any", depth - 1);
      case "date":
        return literals.date(dice);
      default:
        return this.literal(dice.pick(KINDS), depth);
    }
  }

  key(): string {
    return this.dice.pick(KEYS);
  }

  /** `function(a,b){..}` or an arrow function of so many parameters. */
  callback(count: number, result: Kind, depth: number): string {
    const { dice } = this;
    const names = dice.many(count, (i) => "pqrs"[i] as string);
    const outer = this.variables;
    this.variables = [
      ...outer,
      ...names.map((name) => ({ name, kind: dice.pick(KINDS.slice(0, 4)) })),
    ];
    const body = result === "any" ? this.any(depth) : this.of(result, depth);
    this.variables = outer;
    if (dice.chance(50)) return `function(${names.join(",")}){return ${body}}`;
    const list = names.length === 1 && dice.chance(60) ? names[0] : `(${names.join(",")})`;
    return `${list}=>${body.startsWith("{") ? `(${body})` : body}`;
  }

  parameter(kind: Parameter, depth: number): string {
    const { dice } = this;
    // Replacing all of nothing never ends.
    if (kind === "needle") return `"${dice.pick(["a", "b", "lo", " ", ","])}"`;
    // Now and then something else than what is asked for.
    if (dice.chance(4)) return this.any(depth);
    switch (kind) {
      case "small":
        return String(dice.below(18));
      case "re":
        return literals.regexp(dice);
      case "json":
        return dice.chance(60) ? literals.json(dice) : this.of("str", depth);
      case "cb":
        return this.callback(3, "any", depth);
      case "pred":
        return this.callback(2, "bool", depth);
      case "fold":
        return this.callback(3, "any", depth);
      case "order":
        return dice.pick(["(a,b)=>a-b", "(a,b)=>b-a", "function(a,b){return a<b?1:-1}", "()=>0"]);
      case "any":
        return this.any(depth);
      default:
        return this.of(kind, depth);
    }
  }

  private template(depth: number): string {
    const text = "tpl";
    return `\`${text}\${${this.any(depth - 1)}}${this.dice.pick(["", " end", "\\n"])}\``;
  }

  private array(depth: number): string {
    const { dice } = this;
    const items = dice.many(depth > 0 ? 6 : 4, () => this.any(depth - 1));
    if (dice.chance(6)) items.splice(dice.below(items.length + 1), 0, "");
    return `[${items.join(",")}]`;
  }

  private object(depth: number): string {
    const { dice } = this;
    const entries = dice.many(4, () => {
      const key = this.key();
      const name = dice.chance(20) ? `"${key}"` : key;
      const form = dice.below(20);
      if (form === 0) return `get ${key}(){return ${this.any(depth - 1)}}`;
      if (form === 1) return `${key}(p){return ${this.any(depth - 1)}}`;
      return `${name}:${this.any(depth - 1)}`;
    });
    return `({${entries.join(",")}})`;
  }

  private operator(kind: Kind, depth: number): string {
    const { dice } = this;
    const one = (of: Kind) => (dice.chance(6) ? this.any(depth - 1) : this.of(of, depth - 1));
    switch (kind) {
      case "int":
        if (dice.chance(15)) return `(~${one("int")})`;
        return `(${one("int")}${dice.pick(["+", "-", "*", "|", "&", "^", ">>", ">>>", "<<", "%"])}${one("int")})`;
      case "num":
        if (dice.chance(10)) return `(-${one("num")})`;
        if (dice.chance(6)) return `(+${one("str")})`;
        return `(${one("num")}${dice.pick(["+", "-", "*", "/", "%"])}${one("num")})`;
      case "str":
        if (dice.chance(10)) return `(typeof ${this.any(depth - 1)})`;
        if (dice.chance(25)) return `(${this.any(depth - 1)}+${one("str")})`;
        return `(${one("str")}+${this.any(depth - 1)})`;
      case "bool":
        return this.comparison(depth);
      case "arr":
      case "obj":
        return dice.chance(50)
          ? `(${one(kind)}||${one(kind)})`
          : `(${this.any(depth - 1)},${one(kind)})`;
      default:
        return this.literal(kind, depth);
    }
  }

  private comparison(depth: number): string {
    const { dice } = this;
    const shape = dice.below(12);
    const left = this.any(depth - 1);
    if (shape === 0) return `(!${left})`;
    if (shape === 1) return `("${this.key()}" in ${this.of("obj", depth - 1)})`;
    if (shape === 2) {
      return `(${left} instanceof ${dice.pick(["Array", "Object", "Date", "Function", "Error", "Uint8Array"])})`;
    }
    if (shape === 3)
      return `(${left}${dice.pick(["&&", "||", "??"])}${this.of("bool", depth - 1)})`;
    const op = dice.pick(["==", "!=", "===", "!==", "<", "<=", ">", ">="]);
    const right = dice.chance(50)
      ? this.any(depth - 1)
      : this.of(dice.pick(KINDS.slice(0, 4)), depth - 1);
    return `(${left}${op}${right})`;
  }

  private method(kind: Kind, depth: number): string {
    const { dice } = this;
    const choices: [receiver: Kind, method: Method][] = [];
    for (const [receiver, methods] of Object.entries(METHODS)) {
      for (const method of methods) {
        if (method[2] === kind || dice.chance(2)) choices.push([receiver as Kind, method]);
      }
    }
    const statics = STATICS.filter(([, , result]) => result === kind || dice.chance(2));
    if (statics.length > 0 && (choices.length === 0 || dice.chance(35))) {
      const [name, parameters] = dice.pick(statics);
      return `${name}(${this.list(parameters, depth)})`;
    }
    if (dice.chance(15)) return this.access(depth);
    if (choices.length === 0) return this.literal(kind, depth);
    const [receiver, [name, parameters]] = dice.pick(choices);
    const on = this.of(receiver, depth - 1);
    const self = /^[\w"'[(`]/.test(on) && !/^(new|function|\d|-)/.test(on) ? on : `(${on})`;
    return `${self.includes("=>") ? `(${self})` : self}.${name}(${this.list(parameters, depth)})`;
  }

  private list(parameters: Parameter[], depth: number): string {
    const { dice } = this;
    const kept = dice.chance(4) ? parameters.slice(1) : parameters;
    return kept.map((kind) => this.parameter(kind, depth - 1)).join(",");
  }

  private access(depth: number): string {
    const { dice } = this;
    const on = this.of(dice.pick(["arr", "obj", "str", "typed"]), depth - 1);
    const object = /^[\w[(]/.test(on) && !/^(new|function|\d|-)/.test(on) ? on : `(${on})`;
    if (dice.chance(40)) return `${object}[${this.of("int", depth - 1)}]`;
    if (dice.chance(20)) return `${object}["${this.key()}"]`;
    return `${object}.${this.key().replace(/^(?=\d)/, "k")}`;
  }
}
