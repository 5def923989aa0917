/**
 * Moves functions that only a rarely called function uses into it, so that they take memory only while it is needed. For
 * the few named here: elsewhere a function made anew at each call would cost time.
 */
import type MagicString from "magic-string";
import { analyseScopes } from "./scopes.ts";
import { type AnyNode, type FunctionNode, isFunction, type Program } from "./syntax-tree.ts";

/** Called once in a start, when somebody sets the camera up, or in a contact with the server. */
const RARELY_CALLED = [
  ...["openDoor", "createSetupPorts", "openImages", "enrol", "takeTrust"],
  ...["exchange", "sendPictures", "follow", "createOutcome"],
];

export function nest(code: MagicString, program: Program): void {
  for (const name of RARELY_CALLED) nestInto(name, code, program);
}

function nestInto(name: string, code: MagicString, program: Program): void {
  const { all } = analyseScopes(program);
  for (const scope of all) {
    const body = isFunction(scope.node) ? (scope.node.body as AnyNode) : scope.node;
    if (body.type !== "BlockStatement" && body.type !== "Program") continue;
    const functions = (body.body as AnyNode[]).filter(
      (node): node is FunctionNode => node.type === "FunctionDeclaration",
    );
    const host = functions.find((node) => nameOf(node) === name);
    const start = host && (host.body as { body?: AnyNode[] }).body?.[0]?.start;
    if (!host || start === undefined) continue;
    const inside: AnyNode[] = [host];
    const isInside = (at: number) => inside.some((node) => node.start <= at && at < node.end);
    for (let count = 0; count !== inside.length; ) {
      count = inside.length;
      for (const candidate of functions) {
        if (isInside(candidate.start)) continue;
        const binding = scope.names.get(nameOf(candidate));
        const uses = binding?.references.map(({ node }) => node.start) ?? [];
        const others = uses.filter((at) => at < candidate.start || at >= candidate.end);
        if (others.length > 0 && others.every(isInside)) inside.push(candidate);
      }
    }
    for (const moved of inside.slice(1)) code.move(moved.start, moved.end, start);
  }
}

const nameOf = (node: AnyNode): string => (node as { id?: { name?: string } }).id?.name ?? "";
