/**
 * What the source calls the functions and variables of a finished bundle: the emulator knows them by the place of a
 * function's code in the bundle and by minified names.
 */
import { analyseScopes, type Scope } from "./scopes.ts";
import { type RawSourceMap, SourceLocator } from "./source-map.ts";
import { type AnyNode, type FunctionNode, isFunction, parseScript, visit } from "./syntax-tree.ts";

export interface SourceName {
  /** "createOutbox.add": the named functions around it and its own. */
  name: string;
  /** Source file, or the bundle where it has no source. */
  module: string;
}

/** A function of the bundle. */
interface Known {
  node: FunctionNode;
  scope: Scope | undefined;
  /** Named functions from the outside in, the wrapper around all modules left out. */
  path: string[];
  isNamed: boolean;
}

const BUNDLE = "(bundle)";

export class SourceNames {
  private readonly locator: SourceLocator;
  /** Inner functions first. */
  private readonly functions: Known[] = [];
  private readonly root: Scope;

  constructor(code: string, map: RawSourceMap | undefined) {
    this.locator = new SourceLocator(code, map, BUNDLE);
    const program = parseScript(code);
    const { all, root } = analyseScopes(program);
    const scopes = new Map(all.map((scope) => [scope.node, scope]));
    this.root = root;
    visit(program, (node, ancestors) => {
      if (isFunction(node)) this.add(node, ancestors, scopes.get(node));
      return undefined;
    });
    const bytes = ({ node }: Known) => node.end - node.start;
    this.functions.sort((a, b) => bytes(a) - bytes(b));
  }

  /** The function whose code begins at this offset. */
  functionAt(offset: number): SourceName {
    const known = this.at(offset);
    if (!known) return { name: "(program)", module: BUNDLE };
    const name = known.path.join(".") || "(program)";
    return { name: known.isNamed ? name : `${name} callback`, module: this.moduleOf(known.node) };
  }

  /** The same, but of the function or variable of a module that it is a part of. */
  partAt(offset: number): SourceName {
    const known = this.at(offset);
    if (!known) return { name: "(program)", module: BUNDLE };
    return { name: known.path[0] ?? "(program)", module: this.moduleOf(known.node) };
  }

  /** A variable, by its name in the bundle, of the function whose code begins at the offset (-1: of the program). */
  variableAt(offset: number, name: string): SourceName {
    const known = this.at(offset);
    const declarations = (known?.scope ?? this.root).names.get(name)?.declarations ?? [];
    // The one that hoisting.ts wrote has no source.
    const declaration =
      declarations.find(({ start }) => this.locator.name(start)) ?? declarations[0];
    const own = declaration ? (this.locator.name(declaration.start) ?? name) : name;
    const around = known?.path.join(".") ?? "";
    const place = declaration ?? known?.node;
    return {
      name: around === "" ? own : `${own} in ${around}`,
      module: place ? this.moduleOf(place) : BUNDLE,
    };
  }

  private at(offset: number): Known | undefined {
    return this.functions.find(({ node: { body } }) => body.start <= offset && offset < body.end);
  }

  private moduleOf(node: AnyNode): string {
    return this.locator.place(node.start).file;
  }

  private add(node: FunctionNode, ancestors: readonly AnyNode[], scope: Scope | undefined): void {
    const path: string[] = [];
    let isNamed = false;
    [...ancestors, node].forEach((each, index, chain) => {
      if (!isFunction(each)) return;
      const name = this.nameOf(each, chain[index - 1]);
      if (name !== undefined) path.push(name);
      isNamed = name !== undefined;
    });
    this.functions.push({ node, scope, path, isNamed });
  }

  private nameOf(node: AnyNode, parent: AnyNode | undefined): string | undefined {
    const named =
      "id" in node && node.id
        ? node.id
        : parent?.type === "VariableDeclarator"
          ? parent.id
          : parent?.type === "Property"
            ? parent.key
            : parent?.type === "AssignmentExpression" && parent.left.type === "MemberExpression"
              ? parent.left.property
              : undefined;
    if (named?.type !== "Identifier") return undefined;
    return this.locator.name(named.start) ?? named.name;
  }
}
