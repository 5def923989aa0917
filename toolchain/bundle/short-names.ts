/**
 * Short names for variables that stay the same when the program changes a little: each is chosen by a hash of the name in
 * the source. Names in order of appearance or by frequency would all shift with one new variable, and a patch from one
 * release to the next (toolchain/patch) would carry half the program.
 */
import type MagicString from "magic-string";
import { STANDARD } from "./builtins.ts";
import { analyseScopes, type Binding, type Scope } from "./scopes.ts";
import { type Identifier, isPropertyName, type Program, visit } from "./syntax-tree.ts";

const FIRST = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ$_";
const LATER = `${FIRST}0123456789`;
/** In a scope of more variables than this, one letter is for those that are named often. */
const FEW = 40;
const OFTEN = 9;
/** Words of the language of one or two letters, and one that the interpreter reserves. */
const RESERVED = ["do", "if", "in", "of"];

/** Rename every variable of the program but those at its top level. */
export function shortenNames(text: MagicString, program: Program): void {
  const { root, every, free } = analyseScopes(program);
  // What such code may name is not known.
  if (free.some(({ node }) => node.name === "eval")) return;
  const foreign = new Map<Scope, Set<Binding>>(every.map((scope) => [scope, new Set()]));
  const unknown = new Map<Scope, Set<string>>(every.map((scope) => [scope, new Set()]));
  for (const { node, scope } of free)
    for (let at: Scope | undefined = scope; at; at = at.parent) unknown.get(at)?.add(node.name);
  for (const { names } of every)
    for (const binding of names.values())
      for (const { scope } of binding.references)
        for (let at = scope; at !== binding.scope && at.parent; at = at.parent)
          foreign.get(at)?.add(binding);
  const chosen = new Map<Binding, string>();
  for (const scope of every) {
    if (scope === root) continue;
    const taken = new Set([...RESERVED, ...namesIn(scope)]);
    // References within a catch clause count as its function's.
    if (scope.home !== scope) {
      for (const name of namesIn(scope.home)) taken.add(name);
      for (const binding of scope.home.names.values()) taken.add(nameOf(binding));
    }
    for (const binding of scope.names.values()) {
      const name = shortName(binding, taken);
      taken.add(name);
      chosen.set(binding, name);
      rename(text, binding, name);
    }
  }

  function nameOf(binding: Binding): string {
    return chosen.get(binding) ?? binding.name;
  }

  function namesIn(scope: Scope): string[] {
    return [...[...(foreign.get(scope) ?? [])].map(nameOf), ...(unknown.get(scope) ?? [])];
  }
}

/** Rename these properties, wherever they are named: which object has them is not asked. */
export function shortenProperties(
  text: MagicString,
  program: Program,
  inner: ReadonlySet<string>,
): void {
  const places = new Map<string, Identifier[]>();
  const taken = new Set([...RESERVED, ...STANDARD]);
  visit(program, (node, ancestors) => {
    if (node.type !== "Identifier" || !isPropertyName(node, ancestors.at(-1))) return undefined;
    if (inner.has(node.name) && node.name.length > 2)
      places.set(node.name, [...(places.get(node.name) ?? []), node]);
    else taken.add(node.name);
    return undefined;
  });
  for (const name of [...places.keys()].sort()) {
    const short = twoLetters(hashOf(name), taken);
    taken.add(short);
    for (const { start, end } of places.get(name) ?? [])
      text.update(start, end, short, { storeName: true });
  }
}

function rename(text: MagicString, { name, declarations, references }: Binding, short: string) {
  if (name === short) return;
  for (const { start, end } of [...declarations, ...references.map(({ node }) => node)])
    text.update(start, end, short, { storeName: true });
}

function shortName({ name, scope, references }: Binding, taken: Set<string>): string {
  const hash = hashOf(name);
  const isOften = scope.names.size <= FEW || references.length >= OFTEN;
  for (let i = 0; isOften && i < FIRST.length; i++) {
    const short = FIRST[(hash + i) % FIRST.length] as string;
    if (!taken.has(short)) return short;
  }
  return twoLetters(hash, taken);
}

function twoLetters(hash: number, taken: ReadonlySet<string>): string {
  for (let i = hash; ; i++) {
    const short =
      (FIRST[i % FIRST.length] as string) + LATER[Math.floor(i / FIRST.length) % LATER.length];
    if (!taken.has(short)) return short;
  }
}

/** FNV-1a. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 1;
}
