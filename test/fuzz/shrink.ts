/**
 * Makes a failing program smaller while it still fails: statements and list elements are removed, expressions are
 * replaced by their parts, texts that do not parse lose pieces.
 */
import { type Node, parse } from "acorn";
import type { Program } from "./generator.ts";

/** Which of these programs still fail. */
export type Judge = (programs: Program[]) => Promise<boolean[]>;

const ROUNDS_MAX = 25;
const CANDIDATES_MAX = 50;

export async function shrink(program: Program, judge: Judge): Promise<Program> {
  let smallest = program;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const texts = [...new Set(candidates(smallest.text))]
      .filter((text) => text !== "" && text.length < smallest.text.length)
      .sort((a, b) => a.length - b.length);
    // The smallest ones and a spread of the others.
    const step = Math.max(1, Math.ceil(texts.length / CANDIDATES_MAX));
    const tried = texts.filter((_, i) => i < 20 || i % step === 0);
    const programs = tried.map((text) => ({ ...smallest, text }));
    if (programs.length === 0) return smallest;
    const stillFails = await judge(programs);
    const next = programs.find((_, i) => stillFails[i]);
    if (!next) return smallest;
    smallest = next;
  }
  return smallest;
}

function candidates(text: string): string[] {
  try {
    return fromTree(text, parse(text, { ecmaVersion: 2022, allowReturnOutsideFunction: true }));
  } catch {
    return fromPieces(text);
  }
}

function fromTree(text: string, root: Node): string[] {
  const found: string[] = [];
  const replace = (node: Node, by: string) =>
    found.push(text.slice(0, node.start) + by + text.slice(node.end));
  const visit = (node: Node): void => {
    const isExpression = /Expression$|Literal$/.test(node.type);
    if (/Statement$|Declaration$/.test(node.type)) replace(node, "");
    if (isExpression && text.slice(node.start, node.end) !== "0") replace(node, "0");
    for (const child of childrenOf(node)) {
      if (Array.isArray(child)) {
        child.forEach((item) => {
          removeItem(text, item, found);
          replaceByChild(text, node, item, found);
          visit(item);
        });
      } else {
        replaceByChild(text, node, child, found);
        visit(child);
      }
    }
  };
  visit(root);
  return found;
}

function childrenOf(node: Node): (Node | Node[])[] {
  return Object.values(node).flatMap((value: unknown): (Node | Node[])[] => {
    if (Array.isArray(value)) return [value.filter(isNode)];
    return isNode(value) ? [value] : [];
  });
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && "start" in value;

/** An element with the comma beside it. */
function removeItem(text: string, item: Node, found: string[]): void {
  const before = text.slice(0, item.start);
  const after = text.slice(item.end);
  if (after.startsWith(",")) found.push(before + after.slice(1));
  else if (before.endsWith(",")) found.push(before.slice(0, -1) + after);
  else found.push(before + after);
}

function replaceByChild(text: string, node: Node, child: Node, found: string[]): void {
  if (node.type === "Program") return;
  let part = text.slice(child.start, child.end);
  if (child.type === "BlockStatement" && node.type !== "BlockStatement") part = part.slice(1, -1);
  found.push(text.slice(0, node.start) + part + text.slice(node.end));
}

function fromPieces(text: string): string[] {
  const found: string[] = [];
  for (let size = Math.ceil(text.length / 2); size >= 1; size = size > 1 ? size >> 1 : 0) {
    const step = Math.max(size, Math.ceil(text.length / 40));
    for (let at = 0; at < text.length; at += step) {
      found.push(text.slice(0, at) + text.slice(at + size));
    }
  }
  return found;
}
