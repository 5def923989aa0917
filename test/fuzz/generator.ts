/**
 * Random programs: statements around random expressions. Most print what they find, so that a difference shows where
 * it arises; loops are bounded, nothing depends on real time or chance. The same seed gives the same program.
 */
import { Dice } from "./dice.ts";
import { Expressions, type Variable } from "./expressions.ts";
import type { Kind } from "./methods.ts";

export interface Program {
  text: string;
  /** Code from flash, as a file of Storage, or from RAM, as typed. */
  isInRam: boolean;
  /** Has timers or promises: it is given time. */
  isSlow: boolean;
}

const VALUE_KINDS: Kind[] = ["int", "num", "str", "bool", "arr", "obj", "typed", "fn", "date"];
const DEPTH = 3;

export function generate(seed: number): Program {
  const generator = new Generator(new Dice(seed));
  return generator.program();
}

class Generator {
  private readonly dice: Dice;
  private readonly expressions: Expressions;
  private names = 0;
  private isSlow = false;
  private inFunction = false;

  constructor(dice: Dice) {
    this.dice = dice;
    this.expressions = new Expressions(dice);
  }

  program(): Program {
    const { dice } = this;
    const lines = dice.many(9, () => this.guarded(), 2);
    let text = lines.join("\n");
    if (dice.chance(3)) text = this.spoil(text);
    return { text: text || ";", isInRam: dice.chance(35), isSlow: this.isSlow };
  }

  /** A statement; most have their exceptions shown, so that the rest of the program still counts. */
  private guarded(): string {
    const line = this.statement(DEPTH);
    const { dice } = this;
    if (/^(function|class|var|let|const)/.test(line) && dice.chance(60)) return line;
    if (dice.chance(25)) return line;
    return `try{${line}}catch(e){print("E",e&&e.message||e)}`;
  }

  private newName(kind: Kind): Variable {
    const { dice } = this;
    const stem = dice.pick(["v", "value", "w"]);
    return { name: `${stem}${this.names++}`, kind };
  }

  private scoped<T>(make: () => T): T {
    const { variables } = this.expressions;
    const result = make();
    this.expressions.variables = variables;
    return result;
  }

  private declare(variable: Variable): void {
    this.expressions.variables = [...this.expressions.variables, variable];
  }

  private statement(depth: number): string {
    const { dice, expressions } = this;
    const shape = dice.weighted({
      variable: 8,
      print: 9,
      assign: 5,
      property: 3,
      branch: 2,
      loop: 4,
      fn: 4,
      choice: 2,
      attempt: 2,
      raise: 1,
      klass: 1,
      later: 1,
      size: 1,
      evaluate: 1,
      expression: 2,
      inspect: 2,
    });
    switch (shape) {
      case "variable":
        return this.variable(depth);
      case "print":
        return `print(${dice.many(3, () => expressions.any(depth), 1).join(",")});`;
      case "assign":
        return this.assign(depth);
      case "property":
        return this.property(depth);
      case "branch":
        return this.branch(depth);
      case "loop":
        return depth > 0 ? this.loop(depth) : this.variable(0);
      case "fn":
        return depth > 0 ? this.fn(depth) : this.variable(0);
      case "choice":
        return this.choice(depth);
      case "attempt":
        return this.attempt(depth);
      case "raise":
        return `throw ${dice.chance(50) ? `new Error(${expressions.of("str", 1)})` : expressions.any(1)};`;
      case "klass":
        return depth === DEPTH ? this.klass() : this.variable(0);
      case "later":
        return depth > 1 ? this.later(depth) : this.variable(0);
      case "size":
        return `print("size",E.getSizeOf(${expressions.any(2)}));`;
      case "evaluate":
        return `print(eval(${JSON.stringify(expressions.any(depth - 1))}));`;
      case "expression":
        return `${expressions.any(depth)};`;
      case "inspect":
        return `print(JSON.stringify(${expressions.any(depth)}));`;
    }
  }

  private block(depth: number): string {
    return this.scoped(() => `{${this.dice.many(3, () => this.statement(depth - 1), 1).join("")}}`);
  }

  private variable(depth: number): string {
    const { dice, expressions } = this;
    const variable = this.newName(dice.pick(VALUE_KINDS));
    const value = expressions.of(variable.kind, depth);
    this.declare(variable);
    const word = dice.weighted({ var: 8, let: 2, const: 1 });
    return `${word} ${variable.name}=${value};`;
  }

  private target(): Variable | undefined {
    const { variables } = this.expressions;
    return variables.length > 0 ? this.dice.pick(variables) : undefined;
  }

  private assign(depth: number): string {
    const { dice, expressions } = this;
    const target = this.target();
    if (!target) return this.variable(depth);
    if (dice.chance(20)) return `${dice.pick(["++", "--"])}${target.name};print(${target.name});`;
    if (dice.chance(10)) return `print(${target.name}${dice.pick(["++", "--"])},${target.name});`;
    const op = dice.pick(["=", "+=", "+=", "-=", "*=", "|=", "&=", "<<=", ">>=", "%=", "/=", "^="]);
    const value = dice.chance(70)
      ? expressions.of(target.kind, depth - 1)
      : expressions.any(depth - 1);
    return `${target.name}${op}${value};print(${target.name});`;
  }

  private property(depth: number): string {
    const { dice, expressions } = this;
    const target = this.target();
    if (!target) return this.variable(depth);
    const key = dice.chance(50)
      ? `.${expressions.key().replace(/^(?=\d)/, "k")}`
      : `[${dice.chance(60) ? expressions.of("int", 0) : `"${expressions.key()}"`}]`;
    if (dice.chance(15)) return `print(delete ${target.name}${key},${target.name});`;
    const op = dice.pick(["=", "=", "=", "+=", "-="]);
    return `${target.name}${key}${op}${expressions.any(depth - 1)};print(${target.name});`;
  }

  private branch(depth: number): string {
    const test = this.expressions.any(depth - 1);
    const other = this.dice.chance(50) ? `else ${this.block(depth - 1)}` : "";
    return `if(${test})${this.block(depth - 1)}${other}`;
  }

  private loop(depth: number): string {
    const { dice, expressions } = this;
    const counter = this.newName("int");
    const { name } = counter;
    const turns = 1 + dice.below(4);
    return this.scoped(() => {
      // Its own count bounds the loop, whatever the body does to the counter.
      const guard = `g${this.names++}`;
      const leave = dice.chance(25)
        ? `if(${expressions.of("bool", 1)})${dice.pick(["break", "continue"])};`
        : "";
      this.declare(counter);
      const body = `{if(${guard}++>9)break;${leave}${this.statement(depth - 1)}${this.statement(depth - 2)}}`;
      const start = `var ${guard}=0;`;
      const word = dice.pick(["var ", "let ", "var "]);
      switch (dice.below(5)) {
        case 0:
          return `${start}for(${word}${name}=0;${name}<${turns};${name}++)${body}`;
        case 1:
          return `${start}for(${word}${name} in ${expressions.any(depth - 1)})${body}`;
        case 2:
          return `${start}for(${word}${name} of ${expressions.of(dice.pick(["arr", "str", "obj"]), depth - 1)})${body}`;
        case 3:
          return `${start}var ${name}=${turns};while(${name}-->0)${body}`;
        default:
          return `${start}var ${name}=0;do${body}while(++${name}<${turns});`;
      }
    });
  }

  private fn(depth: number): string {
    const { dice, expressions } = this;
    const fn = this.newName("fn");
    const names = dice.many(3, () => this.newName(dice.pick(VALUE_KINDS)));
    const wasInFunction = this.inFunction;
    this.inFunction = true;
    const text = this.scoped(() => {
      for (const name of names) this.declare(name);
      const body = dice.many(3, () => this.statement(depth - 2)).join("");
      const result = dice.chance(80) ? `return ${expressions.any(depth - 1)};` : "";
      return `function ${fn.name}(${names.map(({ name }) => name).join(",")}){${body}${result}}`;
    });
    this.inFunction = wasInFunction;
    this.declare(fn);
    const values = names.map(({ kind }) => expressions.of(kind, 1));
    if (dice.chance(15)) return `${text}print(${fn.name});`;
    return `${text}print(${dice.chance(8) ? "new " : ""}${fn.name}(${values.join(",")}));`;
  }

  private choice(depth: number): string {
    const { dice, expressions } = this;
    const kind = dice.pick(["int", "str"] as const);
    const cases = dice.many(
      3,
      () =>
        `case ${expressions.of(kind, 0)}:${this.statement(depth - 2)}${dice.chance(60) ? "break;" : ""}`,
    );
    const other = dice.chance(60) ? `default:${this.statement(depth - 2)}` : "";
    return this.scoped(
      () => `switch(${expressions.of(kind, depth - 1)}){${cases.join("")}${other}}`,
    );
  }

  private attempt(depth: number): string {
    const { dice } = this;
    const work = this.block(depth - 1);
    const rescue = dice.chance(80)
      ? `catch(err){print("caught",err&&err.message||err);${this.scoped(() => this.statement(0))}}`
      : "";
    const last = rescue === "" || dice.chance(30) ? `finally${this.block(depth - 2)}` : "";
    return `try${work}${rescue}${last}`;
  }

  private klass(): string {
    const { dice, expressions } = this;
    const name = `K${this.names++}`;
    const parts = dice.many(3, (i) => {
      const body = `{return ${this.expressions.any(1)}}`;
      return dice.pick([
        `m${i}(p)${body}`,
        `static s${i}()${body}`,
        `get g${i}()${body}`,
        `f${i}=${expressions.any(0)};`,
        `m${i}(){return this.x}`,
      ]);
    });
    const heir = dice.chance(40)
      ? `class H${name} extends ${name}{${dice.chance(50) ? "constructor(){super(5);this.y=1}" : ""}m0(){return "h"}}print(new H${name}(7));`
      : "";
    return `class ${name}{constructor(x){this.x=x}${parts.join("")}}${heir}var o${name}=new ${name}(${expressions.any(1)});print(o${name},o${name}.m0&&o${name}.m0(1),o${name}.g0);`;
  }

  /** Timers and promises; due times are far enough apart for a busy machine. */
  private later(depth: number): string {
    const { dice } = this;
    if (this.inFunction) return this.variable(depth);
    this.isSlow = true;
    const body = this.scoped(() => `{${this.statement(depth - 2)}print("later");}`);
    const ms = 10 * dice.below(4);
    switch (dice.below(4)) {
      case 0:
        return `setTimeout(function()${body},${ms});`;
      case 1:
        return `var t${this.names}=0,i${this.names}=setInterval(()=>{if(++t${this.names}>1)clearInterval(i${this.names});print("tick",t${this.names++})},10);`;
      case 2:
        return `Promise.resolve(${this.expressions.any(1)}).then(function(p)${body}).catch(e=>print("rejected",e&&e.message||e));`;
      default:
        return `new Promise(function(ok,no){${dice.chance(50) ? "ok" : "no"}(${this.expressions.any(1)})}).then(p=>print("then",p),p=>print("else",p)).then(p=>print(p));`;
    }
  }

  /** Break the text somewhere, so that it does not parse as meant. */
  private spoil(text: string): string {
    const { dice } = this;
    const tokens = text.match(/\w+|\s+|[^\w\s]/g) ?? [];
    const at = dice.below(tokens.length);
    const kind = dice.below(4);
    // A loop that lost its bound would not end.
    if (/^(g\d+|break|for|while|do|if|\+|-|>|<|\d)$/.test(tokens[at]!)) return text;
    if (kind === 0) tokens.splice(at, 1);
    else if (kind === 1)
      tokens.splice(at, 0, dice.pick([")", "(", "}", ";", ",", ".", "var", "="]));
    else if (kind === 2) tokens[at] = dice.pick(["+", "x", "7", "''", "[", "new", "return"]);
    else tokens.splice(at);
    return tokens.join("");
  }
}
