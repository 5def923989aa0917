/** What a piece of program declares and uses, found before it is compiled. */
import type { Node, Statement } from "../ast.ts";

export interface Usage {
  /** Names that `var`, `function` and `class` put into the function's scope. */
  vars: Set<string>;
  /** Functions or classes are made here: variables may outlive the block. */
  hasClosure: boolean;
  usesEval: boolean;
  usesArguments: boolean;
}

export const noUsage = (): Usage => ({
  vars: new Set(),
  hasClosure: false,
  usesEval: false,
  usesArguments: false,
});

type Tree = Node | Statement | undefined;

/** Add what `tree` uses; functions inside are not entered, they are analyzed when they are called. */
export function analyze(tree: Tree | Tree[], usage: Usage): Usage {
  if (tree === undefined) return usage;
  if (Array.isArray(tree)) {
    for (const part of tree) analyze(part, usage);
    return usage;
  }
  switch (tree.t) {
    case "id":
      if (tree.name === "eval") usage.usesEval = true;
      if (tree.name === "arguments") usage.usesArguments = true;
      return usage;
    case "function":
      usage.hasClosure = true;
      return usage;
    case "class":
      usage.hasClosure = true;
      return analyze(
        tree.members.map((member) => member.value),
        usage,
      );
    case "declare":
      usage.vars.add(tree.name);
      return analyze(tree.value, usage);
    case "var":
      for (const item of tree.items) {
        if (tree.kind === "var") usage.vars.add(item.name);
        analyze(item.init, usage);
      }
      return usage;
    case "object":
      return analyze(
        tree.entries.map((entry) => entry.value),
        usage,
      );
    case "switch":
      analyze(tree.value, usage);
      for (const part of tree.cases) analyze([part.test, ...part.body], usage);
      return analyze(tree.fallback, usage);
    default:
      for (const part of children(tree)) analyze(part, usage);
      return usage;
  }
}

function children(tree: Node | Statement): Tree[] {
  const out: Tree[] = [];
  for (const value of Object.values(tree)) {
    if (Array.isArray(value)) {
      for (const item of value) if (isTree(item)) out.push(item);
    } else if (isTree(value)) out.push(value);
  }
  return out;
}

const isTree = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "t" in value;

/** Names that let, const and class fields of a block's own statements put into its scope. */
export function blockNames(body: Statement[]): { name: string; isConst: boolean }[] {
  return body.flatMap((part) =>
    part.t === "var" && part.kind !== "var"
      ? part.items.map(({ name }) => ({ name, isConst: part.kind === "const" }))
      : [],
  );
}
